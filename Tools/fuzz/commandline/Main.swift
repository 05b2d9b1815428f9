// Runs the built `adze` on damaged model folders and looks at what a user sees; see `CommandLineFuzzer`.

import AdzeFuzzing

@main struct Main {
    static func main() { CommandLineFuzzer.main() }
}

// `--check-sandbox`: tries what the sandbox forbids and says, line by line, what became of it.

import CSandbox

/// Whether everything forbidden was refused.
func checkSandbox() -> Bool {
    var holds = true
    var text = ""
    var number: Int32 = 0
    while let name = unsafe csandbox_attempt_name(number) {
        let verdict: String
        switch csandbox_attempt(number) {
        case CSANDBOX_KILLED: verdict = "refused: the filter ends the process"
        case CSANDBOX_REFUSED: verdict = "refused: the call fails"
        case CSANDBOX_WENT_THROUGH:
            verdict = "NOT REFUSED"
            holds = false
        default:
            verdict = "not tried"
            holds = false
        }
        text += unsafe "\(String(cString: name)): \(verdict)\n"
        number += 1
    }
    text += holds ? "the sandbox holds\n" : "the sandbox does not hold on this system\n"
    return StandardOutput.write(Array(text.utf8), to: 1) == 0 && holds
}

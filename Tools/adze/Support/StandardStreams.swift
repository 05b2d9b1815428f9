// The three standard streams as the process finds them.

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

enum StandardStreams {
    /// Puts /dev/null in the place of a stream that the caller closed, so that no file opened later gets its number and
    /// a message never lands in an output. Writing to the stand-in of standard output fails, as it would have.
    static func reserve() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 {
            // Lower numbers are taken, so this gets the missing one.
            _ = unsafe open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}

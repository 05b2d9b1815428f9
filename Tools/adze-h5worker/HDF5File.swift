// Identifiers of libhdf5 that close themselves, and the opened file.

import CHDF5

/// An identifier of the library; closed when it goes out of use.
struct Handle: ~Copyable {
    let id: hid_t

    /// Takes an identifier over; nil for a negative one, with which the library says no.
    init?(_ id: hid_t) {
        guard id >= 0 else { return nil }
        self.id = id
    }

    deinit { H5Idec_ref(id) }
}

/// A file opened from memory.
struct HDF5File: ~Copyable {
    let handle: Handle

    init(image: FileImage) throws(Refusal) {
        guard chdf5_start() == 0 else { throw Refusal(.system, "libhdf5 could not be started") }
        guard let handle = unsafe Handle(chdf5_open_image(image.base, image.count)) else {
            throw Refusal(
                "libhdf5 \(HDF5File.libraryVersion) cannot open the file; it is damaged, cut short, or still open for writing"
            )
        }
        // The signature is at 0, but a damaged superblock may still claim that its file begins elsewhere.
        guard chdf5_user_block(handle.id) == 0 else {
            throw Refusal("the file states a user block; such files are refused")
        }
        self.handle = handle
    }

    static var libraryVersion: String {
        var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
        unsafe H5get_libversion(&major, &minor, &release)
        return "\(major).\(minor).\(release)"
    }
}

// The few attributes that say something about weights: Keras' lists of layer and weight names, whole or in pieces. No
// other attribute is looked at, however many there are.

import AdzeBytes
import CHDF5

enum KerasAttributes {
    /// Lists of names. h5py cannot write an attribute above 64 kB: Keras then writes `weight_names0`, `weight_names1`, …
    private static let lists = ["layer_names", "weight_names"]

    static let maximumPieces = 4096
    static let maximumNames = 1_000_000
    static let maximumBytes = 16 << 20

    static func read(
        of group: borrowing Handle, path: String
    ) throws(Refusal) -> [(path: String, name: String, values: [String])] {
        var found: [(path: String, name: String, values: [String])] = []
        for name in lists {
            if let values = try strings(of: group, name, path: path) { found.append((path, name, values)) }
        }
        for name in lists where !found.contains(where: { $0.name == name }) {
            var values: [String] = []
            var piece = 0
            while piece < maximumPieces, let more = try strings(of: group, name + "\(piece)", path: path) {
                values += more
                piece += 1
                guard values.count <= maximumNames else { throw tooMuch(name, path) }
            }
            if piece > 0 { found.append((path, name, values)) }
        }
        return found
    }

    private static func tooMuch(_ name: String, _ path: String) -> Refusal {
        Refusal("\(quoted("/" + path)): attribute \(name) is too large")
    }

    /// The strings of an attribute; nil where there is none.
    private static func strings(
        of group: borrowing Handle, _ name: String, path: String
    ) throws(Refusal) -> [String]? {
        let place = "\(quoted("/" + path)): attribute \(name)"
        let exists = unsafe H5Aexists(group.id, name)
        if exists == 0 { return nil }
        guard exists > 0, let attribute = unsafe Handle(H5Aopen(group.id, name, 0)),
            let type = Handle(H5Aget_type(attribute.id)), let space = Handle(H5Aget_space(attribute.id))
        else { throw Refusal("\(place) cannot be read; the file is damaged") }
        let count = H5Sget_simple_extent_npoints(space.id)
        // An empty list is an array of no floats.
        if count == 0 { return [] }
        guard H5Tget_class(type.id) == H5T_STRING else { throw Refusal("\(place): expected texts") }
        guard count > 0, count <= maximumNames, H5Aget_storage_size(attribute.id) <= hsize_t(maximumBytes) else {
            throw tooMuch(name, path)
        }
        return H5Tis_variable_str(type.id) > 0
            ? try varying(attribute, type, space, count: Int(count), place: place)
            : try fixed(attribute, type, size: H5Tget_size(type.id), count: Int(count), place: place)
    }

    private static func fixed(
        _ attribute: borrowing Handle, _ inFile: borrowing Handle, size: Int, count: Int, place: String
    ) throws(Refusal) -> [String] {
        let (bytes, overflow) = size.multipliedReportingOverflow(by: count)
        guard size > 0, !overflow, bytes <= maximumBytes else { throw Refusal("\(place) is too large") }
        var buffer = [UInt8](repeating: 0, count: bytes)
        guard let type = Handle(chdf5_string_type(inFile.id, size)),
            unsafe chdf5_read_attribute(attribute.id, type.id, &buffer) == 0
        else { throw Refusal("\(place) cannot be read; the file is damaged") }
        var texts: [String] = []
        for start in stride(from: 0, to: bytes, by: size) {
            texts.append(try text(buffer[start..<start + size].prefix { $0 != 0 }, place))
        }
        return texts
    }

    private static func varying(
        _ attribute: borrowing Handle, _ inFile: borrowing Handle, _ space: borrowing Handle, count: Int,
        place: String
    ) throws(Refusal) -> [String] {
        var pointers = unsafe [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
        guard let type = Handle(chdf5_string_type(inFile.id, 0)),
            unsafe chdf5_read_attribute(attribute.id, type.id, &pointers) == 0
        else { throw Refusal("\(place) cannot be read; the file is damaged") }
        defer { unsafe chdf5_free_strings(type.id, space.id, &pointers) }
        var texts: [String] = []
        var room = maximumBytes
        for index in unsafe pointers.indices {
            guard let pointer = unsafe pointers[index] else {
                texts.append("")
                continue
            }
            guard let string = unsafe String(validatingCString: pointer), string.utf8.count <= room else {
                throw Refusal("\(place): no UTF-8, or too large")
            }
            room -= string.utf8.count
            texts.append(string)
        }
        return texts
    }

    private static func text(_ bytes: ArraySlice<UInt8>, _ place: String) throws(Refusal) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Refusal("\(place): no UTF-8") }
        return text
    }
}

// What makes a dataset a tensor: where its bytes are, how they are filtered, its type and its shape. Checked in that
// order, since the library opens other files for some layouts as soon as it is asked for a shape.

import AdzeBytes
import AdzeTensors
import CHDF5

/// A dataset that can be streamed.
struct Dataset {
    let info: TensorInfo
    let element: ElementType
    /// Elements of a chunk along each dimension; nil where the data are in one piece.
    let chunk: [Int]?

    enum Verdict {
        case tensor(Dataset)
        case skipped(String)
    }

    static let maximumChunkBytes = 64 << 20

    static func examine(_ object: borrowing Handle, path: String) throws(Refusal) -> Verdict {
        let place = quoted("/" + path)
        guard let creation = Handle(H5Dget_create_plist(object.id)) else {
            throw Refusal("\(place): its storage cannot be described; the file is damaged")
        }
        let layout = H5Pget_layout(creation.id)
        try checkStorage(creation, layout, place: place)
        guard let type = Handle(H5Dget_type(object.id)) else {
            throw Refusal("\(place): its type cannot be read; the file is damaged")
        }
        let element: ElementType
        switch ElementType.examine(type) {
        case .tensor(let found): element = found
        case .skipped(let reason): return .skipped(reason)
        }
        guard let space = Handle(H5Dget_space(object.id)) else {
            throw Refusal("\(place): its shape cannot be read; the file is damaged")
        }
        switch H5Sget_simple_extent_type(space.id) {
        case H5S_SCALAR, H5S_SIMPLE: break
        case H5S_NULL: return .skipped("no elements and no shape (a null dataspace)")
        default: throw Refusal("\(place): its shape cannot be read; the file is damaged")
        }
        let rank = Int(H5Sget_simple_extent_ndims(space.id))
        guard (0...Shape.maximumRank).contains(rank) else {
            return .skipped("\(rank) dimensions; the most are \(Shape.maximumRank)")
        }
        var sizes = [hsize_t](repeating: 0, count: rank)
        guard unsafe H5Sget_simple_extent_dims(space.id, &sizes, nil) == Int32(rank) else {
            throw Refusal("\(place): its shape cannot be read; the file is damaged")
        }
        guard sizes.allSatisfy({ $0 <= hsize_t(Int.max) }), let shape = Shape(sizes.map(Int.init)) else {
            throw Refusal("\(place): the number of elements of \(sizes) overflows")
        }
        let chunk = layout == H5D_CHUNKED ? try chunk(creation, rank: rank, bytesOfElement(type), place: place) : nil
        return .tensor(
            Dataset(
                info: TensorInfo(name: path, dtype: element.dtype, shape: shape), element: element, chunk: chunk))
    }

    private static func bytesOfElement(_ type: borrowing Handle) -> Int { Int(H5Tget_size(type.id)) }

    /// Refuses bytes that are not in this file, and filters that are not the library's own.
    private static func checkStorage(
        _ creation: borrowing Handle, _ layout: H5D_layout_t, place: String
    ) throws(Refusal) {
        if layout == H5D_VIRTUAL { throw Refusal("\(place): a virtual dataset, made of other files; refused") }
        guard [H5D_COMPACT, H5D_CONTIGUOUS, H5D_CHUNKED].contains(layout) else {
            throw Refusal("\(place): an unknown storage layout")
        }
        switch H5Pget_external_count(creation.id) {
        case 0: break
        case ..<0: throw Refusal("\(place): its storage cannot be described; the file is damaged")
        default: throw Refusal("\(place): its bytes are in other files (external storage); refused")
        }
        let filters = H5Pget_nfilters(creation.id)
        guard (0...8).contains(filters) else { throw Refusal("\(place): \(filters) filters") }
        let known = [chdf5_filter_deflate(), chdf5_filter_shuffle(), chdf5_filter_fletcher32()]
        for index in 0..<UInt32(filters) {
            let filter = chdf5_filter(creation.id, index)
            guard known.contains(filter) else {
                throw Refusal(
                    "\(place): filter \(filter); only gzip (1), shuffle (2) and fletcher32 (3) are read; write the file"
                        + " again with gzip or without compression")
            }
        }
    }

    private static func chunk(
        _ creation: borrowing Handle, rank: Int, _ size: Int, place: String
    ) throws(Refusal) -> [Int] {
        var sizes = [hsize_t](repeating: 0, count: rank)
        guard rank > 0, unsafe H5Pget_chunk(creation.id, Int32(rank), &sizes) == Int32(rank) else {
            throw Refusal("\(place): its chunks cannot be described; the file is damaged")
        }
        var bytes = size
        for size in sizes {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: Int(clamping: size))
            guard size > 0, !overflow, product <= maximumChunkBytes else {
                throw Refusal("\(place): chunks of \(sizes) elements; the most are \(maximumChunkBytes >> 20) MiB")
            }
            bytes = product
        }
        // Each is below the limit, as their product is.
        return sizes.map(Int.init)
    }
}

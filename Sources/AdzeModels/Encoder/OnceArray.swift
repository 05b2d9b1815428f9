// An array filled from parallel work, each place once.

internal import Synchronization

/// A fixed number of places that are filled once each, from any thread.
final class OnceArray<Value: Sendable>: Sendable {
    private let values: Mutex<[Value?]>

    init(count: Int) { values = Mutex([Value?](repeating: nil, count: count)) }

    func fill(_ index: Int, with value: Value) { values.withLock { $0[index] = value } }

    /// All values; every place must have been filled.
    func take() -> [Value] {
        values.withLock { slots in
            slots.map { slot in
                guard let slot else { preconditionFailure("a place was not filled") }
                return slot
            }
        }
    }
}

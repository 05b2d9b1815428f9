// Conversion of a tokenizer's encoding to the token sequence that a model takes.

internal import AdzeModels
internal import AdzeTokenization

extension TokenSequence {
    /// The ids and types of an encoding.
    init(_ encoding: Encoding) { self.init(ids: encoding.ids, typeIDs: encoding.typeIDs) }
}

extension Tokenizer {
    /// A text, with its pair unless the pair's tokens get types that the model has no rows for.
    func sequence(
        _ text: String, pair: String?, maximumLength: Int, for shape: EncoderShape
    ) -> (sequence: TokenSequence, hasPair: Bool) {
        let encoding = encode(text, pair: pair, maximumLength: maximumLength)
        guard pair != nil, !shape.takes(types: encoding.typeIDs) else {
            return (TokenSequence(encoding), pair != nil)
        }
        return (TokenSequence(encode(text, maximumLength: maximumLength)), false)
    }
}

// The tables of Unicode scalars, made before a tokenizer asks for them. Not here: the tables.

internal import AdzeThreads
internal import AdzeTokenization

/// Begins to make the tables by which tokenizers clean texts, on a thread of its own; whoever needs them first waits for them.
///
/// For a program that will cut texts as soon as its model is open: two milliseconds of its start pass beside other work.
/// Nothing else changes, also where the system has no thread to give.
public func prepareTextTables() { _ = startThread { Tokenizer.prepareTables() } }

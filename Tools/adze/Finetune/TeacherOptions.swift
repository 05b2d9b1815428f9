// A teacher and what it teaches without labels. Not here: temperature and weight, which are the recipe's.

import Adze
import ArgumentParser

/// Options of a training that learns from another model.
struct TeacherOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A classifier with the same labels, whose answers are learned beside the labels; it may be deeper; default: "
                + "none.", valueName: "MODEL"), completion: .file())
    var teacher: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Texts that the teacher alone answers: .txt, .csv, .tsv or .jsonl, - for standard input; default: none.",
            valueName: "TEXTS"), completion: .file())
    var unlabelled: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The teacher's arithmetic: int8 or fp32; default: int8, the same answers on every processor.",
            valueName: "PRECISION"))
    var teacherPrecision: Precision?

    func validate() throws {
        guard teacher == nil else { return }
        if unlabelled != nil { throw ValidationError("--unlabelled needs a --teacher to answer the texts") }
        if teacherPrecision != nil { throw ValidationError("--teacher-precision needs a --teacher") }
    }

    /// Refuses a recipe's options of a teacher where there is none, and a teacher that is nowhere.
    func check(_ recipe: RecipeOptions) throws {
        if let teacher { return try requireModel(teacher) }
        if recipe.temperature != nil { throw ValidationError("--temperature needs a --teacher") }
        if recipe.teacherWeight != nil { throw ValidationError("--teacher-weight needs a --teacher") }
    }

    /// Opens the teacher, reads its texts and says what was left out of them; nil where there is none.
    ///
    /// Throws `TeacherError` for one that cannot teach the examples' model, and `InputError` for texts that cannot be read.
    func opened(
        for examples: TrainingExamples, _ columns: ColumnOptions, products: FloatProductsOptions, quiet: Bool
    ) throws -> Teacher? {
        guard let teacher else { return nil }
        var options = ModelOptions()
        options.floatProducts = products.fp32Products
        let precision = teacherPrecision ?? .int8
        let opened = Teacher(try ModelBundle(path: teacher, options: options), precision: precision)
        do {
            _ = try opened.places(for: examples.kind)
        } catch {
            throw InputError(path: teacher, underlying: error)
        }
        Console.notes(opened.bundle.notes.map { "the teacher: \($0)" }, quiet: quiet)
        if precision == .int8 { PrecisionOptions.noteCodes(opened.bundle, quiet: quiet) }
        let texts = try unlabelled.map { try read($0, examples, columns, quiet: quiet) }
        return Teacher(opened.bundle, unlabelled: texts, precision: precision)
    }

    private func read(
        _ path: String, _ examples: TrainingExamples, _ columns: ColumnOptions, quiet: Bool
    ) throws -> UnlabelledTexts {
        guard path == "-" || pathExists(path) else { throw FileError.notFound(path: path) }
        do {
            var rows = try columns.textRows(path)
            let texts = try UnlabelledTexts(&rows, train: examples.train, dev: examples.dev)
            Console.notes(rows.notes + [texts.note].compactMap(\.self), quiet: quiet)
            return texts
        } catch {
            throw InputError(path: path, underlying: error)
        }
    }
}

extension ColumnOptions {
    /// Opens texts beside a table that these options are about: of its columns and its writing the texts have what their
    /// own format can have.
    fileprivate func textRows(_ path: String) throws(DataError) -> TextRows {
        let own = path == "-" ? format ?? .txt : isFolder(path) ? nil : DataFormat(path: path) ?? format
        let hasColumns = own != .txt && !isFolder(path)
        var dialect = dialect
        if !hasColumns || own == .jsonl { (dialect.delimiter, dialect.quoting) = (nil, nil) }
        return try TextRows(
            path: path, format: own, columns: hasColumns ? selection() : ColumnSelection(), dialect: dialect)
    }
}

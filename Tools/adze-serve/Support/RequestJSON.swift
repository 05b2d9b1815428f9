// Reading members of a request's JSON, with one line for what is amiss. Not here: which members a route has.

import Adze
import AdzeBytes
import AdzeServing

extension JSONValue {
    /// A member; throws where the value is no object. Null counts as absent.
    func member(_ name: String, of place: String = "the body") throws(ServingError) -> JSONValue? {
        guard let object else { throw .invalid("\(place): expected an object, found \(kindName)") }
        return object[name].flatMap { $0.isNull ? nil : $0 }
    }

    /// A member that must be there.
    func required(_ name: String, of place: String = "the body") throws(ServingError) -> JSONValue {
        guard let value = try member(name, of: place) else { throw .invalid("\(place) has no \(quoted(name))") }
        return value
    }

    /// A truth value, or what stands for it.
    func flag(_ name: String, _ standard: Bool) throws(ServingError) -> Bool {
        guard let value = try member(name) else { return standard }
        guard let flag = value.bool else {
            throw .invalid("\(quoted(name)): expected true or false, found \(value.kindName)")
        }
        return flag
    }

    /// This value as a text; `name` is where it stands.
    func text(_ name: String) throws(ServingError) -> String {
        guard let text = string else { throw .invalid("\(quoted(name)): expected a text, found \(kindName)") }
        return text
    }

    /// One text or a list of them, and whether it was a list.
    func texts(_ name: String) throws(ServingError) -> (texts: [String], isList: Bool) {
        if let text = string { return ([text], false) }
        guard let list = array else {
            throw .invalid("\(quoted(name)): expected a text or a list of texts, found \(kindName)")
        }
        var texts: [String] = []
        for (index, value) in list.enumerated() { texts.append(try value.text("\(name)[\(index)]")) }
        return (texts, true)
    }

    /// Refuses a member that is not run here, where it asks for anything.
    func refuse(_ name: String, unless isStandard: (JSONValue) -> Bool = { _ in false }) throws(ServingError) {
        if let value = try member(name), !isStandard(value) { throw .invalid("\(quoted(name)) is not supported here") }
    }
}

/// Refuses an empty list and one of more texts than a request may have.
func checkCount(_ count: Int, _ limits: RequestLimits) throws(ServingError) {
    guard count > 0 else { throw .invalid("there is no text in the request") }
    guard count <= limits.texts else {
        throw .tooLarge("the request has \(count) texts; at most \(limits.texts) are taken at once")
    }
}

// `adze serve` as a process: what its routes answer beside the other verbs, what it refuses, how it ends. Not here: queues,
// which are AdzeServing's, and the clients of others, which Tools/check-server has.

import AdzeTestSupport
import Foundation
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct ServeTests {
    private static let models = [
        "c=" + Models.classifier, "s=" + Models.sentences, "r=" + Fixtures.path("models/seqcls-regression"),
    ]

    /// Runs `body` beside a server of three models.
    private func withServer(_ options: [String] = [], _ body: (RunningServer, String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let server = try RunningServer(ServeTests.models + options, in: folder)
            try body(server, folder)
        }
    }

    private func numbers(_ value: Any?) -> [Double] { (value as? [NSNumber])?.map(\.doubleValue) ?? [] }

    @Test func answersAreThoseOfTheVerbs() throws {
        try withServer { server, _ in
            let texts = ["the adze", "wood of a model", ""]
            let expected = try Tool.succeed(["predict", Models.classifier, "--json"] + texts.dropLast()).objects()
            let answer = try server.ask("POST", "/predict", #"{"inputs":[["the adze"],["wood of a model"],[""]]}"#)
            #expect(answer.status == 200 && answer.headers["x-adze-model"] == "c")
            #expect(answer.headers["x-adze-model-sha256"]?.count == 64)
            let lists = try #require(try answer.json() as? [[[String: Any]]])
            for (list, object) in zip(lists, expected) {
                #expect(list[0]["label"] as? String == object["label"] as? String)
                #expect(list[0]["score"] as? Double == object["score"] as? Double)
            }
            let vectors = try Tool.succeed(["embed", Models.sentences, "--precision", "int8", "the adze"]).objects()
            let embedded = try server.ask("POST", "/models/s/embed", #"{"inputs":"the adze","normalize":null}"#)
            #expect(numbers((try embedded.json() as? [Any])?.first) == numbers(vectors[0]["embedding"]))
            let ranked = try server.ask(
                "POST", "/models/r/rerank", #"{"query":"what?","texts":["the adze","wood"],"return_text":true}"#)
            let lines = try Tool.succeed(
                ["rerank", Fixtures.path("models/seqcls-regression"), "what?", "the adze", "wood", "--json"]
            ).objects()
            let ranks = try #require(try ranked.json() as? [[String: Any]])
            #expect(ranks.map { $0["index"] as? Int } == lines.map { $0["index"] as? Int })
            #expect(ranks.map { $0["score"] as? Double } == lines.map { $0["score"] as? Double })
        }
    }

    @Test func otherProtocolsSayTheSame() throws {
        try withServer { server, _ in
            let one = try server.ask("POST", "/predict", #"{"inputs":"the adze"}"#).json() as? [[String: Any]]
            let body = #"{"id":"7","inputs":[{"name":"text","datatype":"BYTES","shape":[1,1],"data":[["the adze"]]}]}"#
            let two = try #require(try server.ask("POST", "/v2/models/c/infer", body).json() as? [String: Any])
            let outputs = try #require(two["outputs"] as? [[String: Any]])
            #expect(
                two["id"] as? String == "7" && outputs.map { $0["name"] as? String } == ["label", "score", "logits"])
            #expect(numbers(outputs[1]["data"]).first == one?.first?["score"] as? Double)
            let three = try server.ask("POST", "/v1/models/c:predict", #"{"instances":["the adze"]}"#).json()
            let predictions = (three as? [String: Any])?["predictions"] as? [[String: Any]]
            #expect(predictions?.first?["score"] as? Double == one?.first?["score"] as? Double)
            let four = try #require(
                try server.ask("POST", "/v1/embeddings", #"{"model":"s","input":["a"],"encoding_format":"base64"}"#)
                    .json()
                    as? [String: Any])
            let five = try server.ask("POST", "/models/s/embed", #"{"inputs":["a"]}"#).json() as? [Any]
            let data = ((four["data"] as? [[String: Any]])?.first?["embedding"] as? String).flatMap {
                Data(base64Encoded: $0)
            }
            let floats = data.map { data in
                stride(from: 0, to: data.count, by: 4).map { start in
                    Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(data[start + $1]) << UInt32(8 * $1) })
                }
            }
            #expect(floats == numbers(five?.first).map(Float.init))
        }
    }

    private static let badRequests: [(method: String, path: String, body: String, status: Int, part: String)] = [
        ("POST", "/predict", "no JSON", 422, "the body is no JSON"), ("POST", "/predict", "{}", 422, "no 'inputs'"),
        ("POST", "/predict", #"{"inputs":NaN}"#, 422, "the body is no JSON"),
        ("POST", "/predict", #"{"inputs":7}"#, 422, "the number 7"),
        ("POST", "/predict", #"{"inputs":[["a","b","c"]]}"#, 422, "inputs[0]"),
        ("POST", "/predict", #"{"inputs":[["a"],[1]]}"#, 422, "inputs[1][0]"),
        ("POST", "/embed", #"{"inputs":"a"}"#, 424, "makes no sentence vectors"),
        ("POST", "/rerank", #"{"query":"a","texts":["b"]}"#, 424, "no reranker"),
        ("POST", "/models/s/predict", #"{"inputs":"a"}"#, 424, "no classifier"),
        ("POST", "/models/d/predict", #"{"inputs":"a"}"#, 404, "no model is called 'd'"),
        ("POST", "/embed_sparse", #"{"inputs":"a"}"#, 424, "sparse"),
        ("POST", "/models/s/embed", #"{"inputs":[]}"#, 422, "no text"),
        (
            "POST", "/v2/models/c/infer", #"{"inputs":[{"name":"text","datatype":"BYTES","shape":[2],"data":["a"]}]}"#,
            400, "2 texts"
        ),
        (
            "POST", "/v2/models/c/infer", #"{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":["a"]}]}"#,
            400, "no input 'x'"
        ),
        ("POST", "/v2/models/c/versions/2/infer", "{}", 404, "version 2"),
        ("POST", "/v2/repository/models/d/load", "{}", 404, "'d'"),
        ("POST", "/v1/embeddings", #"{"input":"a"}"#, 400, "'model'"),
        ("POST", "/v1/embeddings", #"{"input":"a","model":"d"}"#, 404, "'d'"),
        ("GET", "/nowhere", "", 404, "no such route"), ("GET", "/predict", "", 405, "POST is"),
        ("PUT", "/health", "{}", 405, "GET is"),
    ]

    @Test func badRequestsGetOneLine() throws {
        try withServer { server, _ in
            for (method, path, body, status, part) in ServeTests.badRequests {
                let answer = try server.ask(method, path, method == "GET" ? nil : body)
                #expect(
                    answer.status == status && answer.text.contains(part), "\(path) \(answer.status) \(answer.text)")
                #expect(!answer.text.contains("\n") && (try? answer.json()) != nil, "\(path) \(body)")
            }
        }
    }

    @Test func whatIsTooLargeIsRefusedAndTheServerGoesOn() throws {
        try withServer(["--max-texts", "4", "--max-bytes", "5000"]) { server, _ in try refuseTheLarge(server) }
    }

    private func refuseTheLarge(_ server: RunningServer) throws {
        #expect(try server.ask("POST", "/predict", #"{"inputs":[["a"],["a"],["a"],["a"],["a"]]}"#).status == 413)
        let long = "{\"inputs\":\"" + String(repeating: "a", count: 6000) + "\"}"
        #expect(try server.ask("POST", "/predict", long).status == 413)
        let chunked =
            "POST /predict HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            + String(repeating: "400\r\n" + String(repeating: "a", count: 1024) + "\r\n", count: 8) + "0\r\n\r\n"
        #expect(try server.send(Array(chunked.utf8)).status == 413)
        let deep = String(repeating: "[", count: 4000)
        #expect(try server.ask("POST", "/predict", deep).status == 422)
        #expect(try server.send(Array("nonsense\r\n\r\n".utf8)).status == 400)
        #expect(try server.ask("GET", "/health").status == 200)
    }

    @Test func aConnectionIsAnsweredAgainAndAgain() throws {
        try withServer { server, _ in
            let body = #"{"inputs":"the adze"}"#
            let one = "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            let head = "HEAD /health HTTP/1.1\r\nHost: a\r\n\r\n"
            let last = "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            let connection = try server.connect()
            defer { close(connection) }
            // Three that are sent together, one after a rest, and one whose answer has no body.
            try server.write(Array((one + one + one).utf8), to: connection)
            Thread.sleep(forTimeInterval: 0.3)
            try server.write(Array((one + head + last).utf8), to: connection)
            let answer = try server.answer(from: connection)
            let statuses = ("HTTP/1.1 \(answer.status)\r\n" + answer.text).matches(of: /HTTP\/1\.1 ([0-9]{3})/)
            #expect(statuses.map { String($0.1) } == ["200", "200", "200", "200", "405", "200"])
        }
    }

    @Test func aKeyIsAskedFor() throws {
        try withTemporaryFolder { folder in
            let key = try write("secret-of-the-adze\n", to: folder + "/key")
            let readable = try Tool.run(["serve", Models.classifier, "--api-key-file", key, "--port", "0"])
            #expect(readable.code == 65 && readable.errors.contains("chmod 600"))
            chmod(key, 0o600)
            let server = try RunningServer(["c=" + Models.classifier, "--api-key-file", key], in: folder)
            #expect(try server.ask("GET", "/health").status == 200)
            #expect(try server.ask("GET", "/info").status == 401)
            #expect(
                try server.ask("GET", "/info", headers: ["Authorization": "Bearer secret-of-the-adzf"]).status == 401)
            #expect(
                try server.ask("GET", "/info", headers: ["Authorization": "Bearer secret-of-the-adze"]).status == 200)
        }
    }

    @Test func aPageOfAnotherOriginMayNotAsk() throws {
        try withServer { server, folder in
            let body = #"{"inputs":"the adze"}"#
            let strange = try server.ask("POST", "/predict", body, headers: ["Origin": "http://evil.example"])
            #expect(strange.status == 403 && strange.text.contains("--cors"))
            // Its own page, and what is no page.
            #expect(try server.ask("POST", "/predict", body, headers: ["Origin": "http://localhost"]).status == 200)
            let open = try RunningServer(["c=" + Models.classifier, "--cors", "http://evil.example"], in: folder)
            let allowed = try open.ask("POST", "/predict", body, headers: ["Origin": "http://evil.example"])
            #expect(allowed.status == 200)
            #expect(allowed.headers["access-control-allow-origin"] == "http://evil.example")
        }
    }

    @Test func modelsGoAndComeBack() throws {
        try withServer { (server, _) throws in
            #expect(try server.ask("POST", "/v2/repository/models/s/unload", "{}").status == 200)
            #expect(try server.ask("POST", "/models/s/embed", #"{"inputs":"a"}"#).status == 404)
            #expect(try server.ask("POST", "/v2/repository/index", "{}").text.contains("UNAVAILABLE"))
            #expect(try server.ask("POST", "/v2/repository/models/s/load", "{}").status == 200)
            #expect(try server.ask("POST", "/models/s/embed", #"{"inputs":"a"}"#).status == 200)
            // Whoever comes back has its place: the first model is still the first.
            #expect(try server.ask("POST", "/v2/repository/models/c/unload", "{}").status == 200)
            #expect(try server.ask("POST", "/v2/repository/models/c/load", "{}").status == 200)
            #expect(try server.ask("GET", "/info").text.contains(#""model_id":"c""#))
            server.signal(SIGHUP)
            for _ in 0..<200 where server.lines.filter({ $0.contains("reloaded") }).count < 3 {
                Thread.sleep(forTimeInterval: 0.05)
            }
            #expect(server.lines.filter { $0.contains("reloaded") }.count == 3)
            #expect(try server.ask("GET", "/health").status == 200)
        }
    }

    @Test func whatWasAskedIsAnsweredBeforeTheEnd() throws {
        try withServer { server, _ in
            let connection = try server.connect()
            defer { close(connection) }
            let body = #"{"inputs":"the adze"}"#
            // The head is there when the signal comes, the last byte of the body after it.
            let head =
                "POST /predict HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            try server.write(Array((head + body.dropLast()).utf8), to: connection)
            Thread.sleep(forTimeInterval: 0.3)
            server.signal(SIGTERM)
            Thread.sleep(forTimeInterval: 0.2)
            try server.write(Array("}".utf8), to: connection)
            #expect(try server.answer(from: connection).status == 200)
            #expect(server.end() == 0)
            let text = server.lines.joined()
            #expect(!text.contains("the adze"))
        }
    }

    @Test func everyOptionIsAVariableToo() throws {
        try withTemporaryFolder { folder in
            let server = try RunningServer(
                [], in: folder,
                environment: ["ADZE_MODELS": "c=\(Models.classifier)", "ADZE_ACCESS_LOG": "1", "ADZE_MAX_TEXTS": "3"])
            let info = try #require(try server.ask("GET", "/info").json() as? [String: Any])
            #expect(info["max_client_batch_size"] as? Int == 3 && info["model_id"] as? String == "c")
            #expect(server.lines.contains { $0.contains("route=/info") && $0.contains("status=200") })
            let help = try Tool.succeed(["serve", "--help"]).output
            for option in help.matches(of: /--([a-z-]+) </).map({ String($0.1) }) where option != "name" {
                let run = try Tool.run(
                    ["serve", "none.adze"],
                    environment: ["ADZE_" + option.uppercased().replacing("-", with: "_"): "\u{1}"])
                #expect(run.code != 0, "\(option)")
            }
        }
    }

    @Test(
        arguments: [
            ([], 64, "name a MODEL"), (["a=x", "a=y"], 64, "two models are called a"),
            (["none.adze", "--port", "0"], 66, "none.adze"), (["@sentiment", "--port", "70000"], 64, "--port"),
            (["@sentiment", "--timeout", "0"], 64, "--timeout"),
            (["@sentiment", "--precision", "int4"], 64, "--precision"),
            (["@sentiment", "--api-key-file", "/nowhere"], 66, "/nowhere"),
            ([Fixtures.path("models/maskedlm-tied"), "--port", "0"], 64, "adze predict"),
        ] as [([String], Int32, String)])
    func aBadStartIsOneLine(_ arguments: [String], _ code: Int32, _ part: String) throws {
        let run = try Tool.run(["serve"] + arguments)
        let errors = run.errorLines.filter { $0.hasPrefix("adze serve: error: ") }
        #expect(run.code == code && errors.count == 1 && errors[0].contains(part), "\(run.code) \(run.errors)")
    }

    @Test func anAddressInUseIsSaid() throws {
        try withServer { server, folder in
            let run = try Tool.run(["serve", Models.classifier, "--port", "\(server.port)"])
            #expect(run.code == 74 && run.errors.contains("cannot listen") && !run.errors.contains(" ready"))
            let file = try write("no socket", to: folder + "/socket")
            let socket = try Tool.run(["serve", Models.classifier, "--unix-socket", file])
            #expect(socket.code == 74 && socket.errors.contains("found something else"))
            #expect(try bytes(of: file).count == 9)
        }
    }

    @Test func thePageAndTheDescriptionAreThere() throws {
        try withServer { server, _ in
            let answer = try server.ask("GET", "/")
            #expect(answer.status == 200 && answer.headers["content-type"] == "text/html; charset=utf-8")
            #expect(answer.text.contains("Content-Security-Policy") && answer.headers["content-security-policy"] != nil)
            let description = try #require(try server.ask("GET", "/openapi.json").json() as? [String: Any])
            let paths = try #require(description["paths"] as? [String: Any])
            #expect(paths["/predict"] != nil && paths["/v2/models/{model}/infer"] != nil)
        }
    }
}

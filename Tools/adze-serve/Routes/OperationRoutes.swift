// Health, metrics, the page and the description of the routes. Not here: answers of models.

import AdzeServing
import HTTPTypes
import Hummingbird

/// What those need who run a server.
struct OperationRoutes: Sendable {
    let host: ModelHost

    func add(to routes: inout RouteTable) {
        routes.get("/health", .tei, isOpen: true) { _ in
            if let unready = host.unready { throw unready }
            return Reply(text: "", contentType: "text/plain")
        }
        routes.get("/", .tei, isOpen: true) { _ in
            var reply = Reply(text: Page.html, contentType: "text/html; charset=utf-8")
            // What a page's own meta tag cannot say.
            reply.headers[.contentSecurityPolicy] = "frame-ancestors 'none'"
            reply.headers[.xContentTypeOptions] = "nosniff"
            return reply
        }
        routes.get("/openapi.json", .tei, isOpen: true) { _ in
            Reply(text: OpenAPI.text, contentType: "application/json")
        }
        routes.get("/metrics", .tei) { asked in
            let isOpenMetrics = asked.headers[.accept]?.contains("application/openmetrics-text") == true
            return Reply(
                text: host.metrics.text(openMetrics: isOpenMetrics),
                contentType: isOpenMetrics
                    ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                    : "text/plain; version=0.0.4; charset=utf-8")
        }
    }
}

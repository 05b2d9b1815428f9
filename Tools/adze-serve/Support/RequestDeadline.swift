// Closes a connection whose request is not there in time, or goes on for ever: a client that sends a byte now and then is
// never idle, and one that is refused may go on sending what nobody reads. Not here: connections
// between two requests, which the idle time is for.

import Hummingbird
import NIOCore
import NIOHTTPTypes

/// One a connection: a new one owes a head, and each head its body.
final class RequestDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let time: TimeAmount
    private let mostBytes: Int
    private var bytes = 0
    private var timer: Scheduled<Void>?

    init(_ time: TimeAmount, mostBytes: Int) { (self.time, self.mostBytes) = (time, mostBytes) }

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { begin(context) } }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            bytes = 0
            begin(context)
        case .body(let buffer):
            bytes += buffer.readableBytes
            if bytes > mostBytes { return context.close(promise: nil) }
        case .end: end()
        }
        context.fireChannelRead(data)
    }

    private func begin(_ context: ChannelHandlerContext) {
        end()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }

    private func end() {
        timer?.cancel()
        timer = nil
    }
}

// Closes a connection whose request head is not there in time: a client that sends a byte now and then is never idle, and
// would keep its connection for ever. Not here: bodies, which `Gate` waits for, and connections that ask for nothing.

import Hummingbird
import NIOCore
import NIOHTTPTypes

/// One a connection.
final class HeadDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let time: TimeAmount
    private var timer: Scheduled<Void>?

    init(_ time: TimeAmount) { self.time = time }

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
        // The first request's head is what a new connection owes; afterwards the idle time holds.
        if case .head = unwrapInboundIn(data) { end() }
        context.fireChannelRead(data)
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard timer == nil else { return }
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }

    private func end() {
        timer?.cancel()
        timer = nil
    }
}

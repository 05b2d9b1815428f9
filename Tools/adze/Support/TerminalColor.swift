// Colours on standard output: whether the terminal has any, and how many. Not here: what is coloured.

import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// When output is in colour.
enum ColorWish: String, CaseIterable, ExpressibleByArgument {
    case auto, always, never
}

/// How many colours a terminal has.
enum ColorDepth: Equatable {
    case none
    /// The 256 of xterm.
    case indexed
    /// 24 bits.
    case full

    /// What standard output shows, by `NO_COLOR` (https://no-color.org), `TERM` and `COLORTERM`.
    static func chosen(_ wish: ColorWish) -> ColorDepth {
        chosen(wish, isTerminal: StandardOutput.shared.isTerminal, ProcessInfo.processInfo.environment)
    }

    private static func chosen(_ wish: ColorWish, isTerminal: Bool, _ environment: [String: String]) -> ColorDepth {
        if wish == .never { return .none }
        if wish == .auto {
            let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
            guard isTerminal, !isRefused, let term = environment["TERM"], term != "dumb", !term.isEmpty else {
                return .none
            }
        }
        return ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "") ? .full : .indexed
    }

    /// The sequence that writes black on a colour, 0xRRGGBB; of 256 the nearest.
    func start(_ color: UInt32) -> String {
        switch self {
        case .none: ""
        case .indexed: "\u{1B}[38;5;16;48;5;\(ColorDepth.index(of: color))m"
        case .full: "\u{1B}[38;2;0;0;0;48;2;\(color >> 16 & 255);\(color >> 8 & 255);\(color & 255)m"
        }
    }

    /// The sequence that ends it.
    var end: String { self == .none ? "" : "\u{1B}[0m" }

    /// The nearest colour of xterm's cube of six levels a channel.
    private static func index(of color: UInt32) -> UInt32 {
        let levels: [Int] = [0, 95, 135, 175, 215, 255]
        func nearest(_ channel: UInt32) -> UInt32 {
            let value = Int(channel & 255)
            let best = levels.indices.min { abs(levels[$0] - value) < abs(levels[$1] - value) }
            return UInt32(best ?? 0)
        }
        return 16 + 36 * nearest(color >> 16) + 6 * nearest(color >> 8) + nearest(color)
    }
}

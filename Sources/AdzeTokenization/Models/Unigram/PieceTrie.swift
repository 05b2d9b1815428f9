// A unigram model's pieces as a tree in small arrays, for a search that walks it from every place of every new word. It
// stands beside the vocabulary's `ByteTrie`. Not here: adding pieces or finding one, which are that one's.

/// The pieces of a model by their bytes, a node's children side by side.
///
/// A node without children, and most have none, ends a walk without another look into memory; the tree of 32,000 pieces
/// takes 0.8 MB, where `ByteTrie`'s table takes 2.
struct PieceTrie: Sendable {
    /// What of a node a walk needs.
    struct Node {
        fileprivate let bits: UInt64

        /// The id of the piece that ends here; −1 for none.
        var id: Int32 { Int32(truncatingIfNeeded: bits) }
        /// The number of the first child, or of the table of the children.
        var first: Int { Int(truncatingIfNeeded: bits &>> 32 & 0xFF_FFFF) }
        /// How many children there are; `isWide` for many.
        var fan: UInt64 { bits &>> 56 }
        static let isWide: UInt64 = 255

        init(id: Int32, first: Int, fan: UInt64) {
            precondition(first < ByteTrie.nodeLimit, "a node with children stands before them")
            bits = UInt64(UInt32(bitPattern: id)) | UInt64(truncatingIfNeeded: first) &<< 32 | fan &<< 56
        }
    }

    /// Up to so many children are looked through one by one, and more where there are too many tables already.
    private static let narrowFan = 12
    /// The most tables of 1 KB, but for nodes of nearly every byte: a few hundred are what vocabularies need.
    static let tableLimit = 4096

    private var nodes: [Node] = []
    /// The byte that leads to each node.
    private var labels: [UInt8] = [0]
    /// Tables of 256 for nodes of many children: the child of each byte; 0, the root, for none.
    private var wide: [UInt32] = []

    /// The pieces of a vocabulary, which are its first `modelCount` tokens.
    /// - Complexity: O(nodes).
    init(_ vocabulary: Vocabulary, tableLimit: Int = tableLimit) {
        let trie = vocabulary.trie
        let edges = Edges(trie)
        // Nodes in the order in which a search by breadth meets them, so that children stand side by side.
        var order: [UInt32] = [ByteTrie.root]
        order.reserveCapacity(trie.values.count)
        nodes.reserveCapacity(trie.values.count)
        labels.reserveCapacity(trie.values.count)
        while nodes.count < order.count {
            let old = Int(order[nodes.count])
            let (value, children) = (trie.values[old], edges.children(of: old))
            let id = Int(value) < vocabulary.modelCount ? value : -1
            // Of a leaf behind all others it would be one more than there is room for.
            let first = children.isEmpty ? 0 : order.count
            for edge in children {
                order.append(edge.target)
                labels.append(edge.byte)
            }
            let hasTable = children.count > Self.narrowFan && wide.count < tableLimit << 8
            guard hasTable || children.count >= Node.isWide else {
                nodes.append(Node(id: id, first: first, fan: UInt64(children.count)))
                continue
            }
            let table = wide.count
            nodes.append(Node(id: id, first: table >> 8, fan: Node.isWide))
            wide += repeatElement(0, count: 256)
            for (place, edge) in children.enumerated() { wide[table + Int(edge.byte)] = UInt32(first + place) }
        }
    }

    /// A view for many walks.
    var walker: Walker {
        @_lifetime(borrow self)
        get { Walker(nodes: nodes.span, labels: labels.span, wide: wide.span) }
    }

    /// Borrowed walks.
    struct Walker: ~Escapable {
        private let nodes: Span<Node>
        private let labels: Span<UInt8>
        private let wide: Span<UInt32>
        /// Where a walk begins.
        let root: Node

        @_lifetime(copy nodes, copy labels, copy wide)
        fileprivate init(nodes: Span<Node>, labels: Span<UInt8>, wide: Span<UInt32>) {
            (self.nodes, self.labels, self.wide, root) = (nodes, labels, wide, nodes[0])
        }

        /// The node one byte further; nil for none.
        @inline(__always)
        func step(_ node: Node, _ byte: UInt8) -> Node? {
            let first = node.first
            if node.fan == Node.isWide {
                let child = wide[first << 8 + Int(byte)]
                return child == 0 ? nil : nodes[Int(child)]
            }
            var child = first
            let end = first + Int(truncatingIfNeeded: node.fan)
            while child < end {
                if labels[child] == byte { return nodes[child] }
                child += 1
            }
            return nil
        }
    }
}

/// The edges of a `ByteTrie`, by the node that they leave.
private struct Edges {
    struct Edge {
        let byte: UInt8
        let target: UInt32
    }

    private var edges: [Edge]
    /// Where the edges of each node end.
    private var ends: [Int32]

    init(_ trie: ByteTrie) {
        // How many edges each node has, then where they begin; as each is put in its place, that moves on to the end.
        ends = [Int32](repeating: 0, count: trie.values.count)
        for slot in trie.slots where slot != 0 { ends[Int(slot >> 40)] += 1 }
        var begin: Int32 = 0
        for node in ends.indices {
            let count = ends[node]
            ends[node] = begin
            begin += count
        }
        edges = [Edge](repeating: Edge(byte: 0, target: 0), count: Int(begin))
        for slot in trie.slots where slot != 0 {
            let node = Int(slot >> 40)
            edges[Int(ends[node])] = Edge(
                byte: UInt8(truncatingIfNeeded: slot >> 32), target: UInt32(truncatingIfNeeded: slot))
            ends[node] += 1
        }
    }

    func children(of node: Int) -> ArraySlice<Edge> {
        edges[(node == 0 ? 0 : Int(ends[node - 1]))..<Int(ends[node])]
    }
}

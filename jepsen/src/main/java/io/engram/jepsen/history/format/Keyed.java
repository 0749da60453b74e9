package io.engram.jepsen.history.format;

/// Whether the values of an EDN history are [key value] tuples, as Jepsen's `independent` writes them.
public enum Keyed {
    YES,
    NO,
    /// If every value of the clients' events is a vector of two, and not only of compare-and-sets, whose arguments are such a vector too.
    DETECT
}

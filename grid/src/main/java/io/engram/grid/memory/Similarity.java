package io.engram.grid.memory;

/// How two vectors are compared; a higher score is more similar.
public enum Similarity {
    /// -1..1; zero vectors are refused at the edge.
    COSINE,
    DOT_PRODUCT,
    /// 1 / (1 + squared distance).
    EUCLIDEAN
}

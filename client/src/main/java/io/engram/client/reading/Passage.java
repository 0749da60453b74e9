package io.engram.client.reading;

/// A piece of a document that makes sense by itself.
///
/// @param line of the document at which it starts, from 1
/// @param heading the nearest heading above it; empty: none
record Passage(String text, int line, String heading) {}

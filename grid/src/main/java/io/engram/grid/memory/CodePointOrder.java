package io.engram.grid.memory;

import java.io.Serializable;
import java.util.Comparator;

/// Orders well-formed strings by code points, which is the order of their UTF-8 bytes: the same everywhere, whatever the
/// strings are stored as.
public enum CodePointOrder implements Comparator<String>, Serializable {
    INSTANCE;

    @Override
    public int compare(String a, String b) {
        int n = Math.min(a.length(), b.length());
        for (int i = 0; i < n; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean sx = Character.isSurrogate(x);
                boolean sy = Character.isSurrogate(y);
                // Surrogates stand for code points above every other char.
                return sx == sy ? Character.compare(x, y) : sx ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}

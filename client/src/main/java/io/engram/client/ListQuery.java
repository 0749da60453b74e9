package io.engram.client;

import java.util.Optional;

/// Which memories to list; by key, ascending (bytes of UTF-8).
///
/// @param keyPrefix empty: all keys
/// @param pageSize memories fetched at once, 1..1,000
public record ListQuery(String keyPrefix, Optional<Filter> filter, int pageSize) {
    public static final int DEFAULT_PAGE_SIZE = 100;

    public ListQuery {
        if (pageSize < 1 || pageSize > 1000) throw new IllegalArgumentException("page size must be 1..1000, was " + pageSize);
    }

    public static ListQuery all() {
        return new ListQuery("", Optional.empty(), DEFAULT_PAGE_SIZE);
    }

    public static ListQuery prefix(String keyPrefix) {
        return new ListQuery(keyPrefix, Optional.empty(), DEFAULT_PAGE_SIZE);
    }

    public ListQuery filter(Filter filter) {
        return new ListQuery(keyPrefix, Optional.of(filter), pageSize);
    }

    public ListQuery pageSize(int pageSize) {
        return new ListQuery(keyPrefix, filter, pageSize);
    }
}

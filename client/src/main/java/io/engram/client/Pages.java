package io.engram.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Walks a paged list: holds one page at a time, fetches the next when it is needed. For one thread.
final class Pages<T> implements Iterator<T> {
    private final Function<Optional<String>, Answer<Page<T>>> fetch;
    private final Deque<T> items = new ArrayDeque<>();
    private Optional<String> next = Optional.empty();
    private boolean begun;

    private Pages(Function<Optional<String>, Answer<Page<T>>> fetch) {
        this.fetch = fetch;
    }

    static <T> Stream<T> stream(Function<Optional<String>, Answer<Page<T>>> fetch) {
        int traits = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(() -> Spliterators.spliteratorUnknownSize(new Pages<>(fetch), traits), traits, false);
    }

    @Override
    public boolean hasNext() {
        // A page may be empty and yet not be the last: a filter left nothing of it.
        while (items.isEmpty() && (!begun || next.isPresent())) {
            Page<T> page = fetch.apply(next).value();
            begun = true;
            next = page.nextToken();
            items.addAll(page.items());
        }
        return !items.isEmpty();
    }

    @Override
    public T next() {
        if (!hasNext()) throw new NoSuchElementException("the list has ended");
        return items.remove();
    }
}

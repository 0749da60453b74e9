package io.engram.grid.route;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/// An object of an interface with somebody standing before some of its methods.
final class Interposed {
    private Interposed() {}

    interface Before {
        /// Called before each method; what it throws, the method throws.
        void call(Method method, Object @Nullable [] arguments) throws Throwable;
    }

    interface After {
        /// What the method shall return instead of this; not asked where it returns nothing.
        Object call(Method method, Object result);
    }

    static <T> T before(Class<T> type, T real, Before before) {
        return of(type, real, before, (method, result) -> result);
    }

    static <T> T after(Class<T> type, T real, After after) {
        return of(type, real, (method, arguments) -> {}, after);
    }

    private static <T> T of(Class<T> type, T real, Before before, After after) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            before.call(method, arguments);
            try {
                Object result = method.invoke(real, arguments);
                return result == null ? null : after.call(method, result);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }
}

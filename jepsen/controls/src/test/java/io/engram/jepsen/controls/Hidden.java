package io.engram.jepsen.controls;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Calls what other packages keep to themselves.
final class Hidden {
    private Hidden() {}

    static Object make(String type, Object... arguments) throws ReflectiveOperationException {
        Constructor<?> constructor = Arrays.stream(Class.forName(type).getDeclaredConstructors())
                .filter(c -> c.getParameterCount() == arguments.length)
                .findFirst()
                .orElseThrow();
        constructor.setAccessible(true);
        return constructor.newInstance(arguments);
    }

    static Object call(Object of, String name, Object... arguments) throws Throwable {
        return invoke(of.getClass(), of, name, arguments);
    }

    static Object callStatic(String type, String name, Object... arguments) throws Throwable {
        return invoke(Class.forName(type), null, name, arguments);
    }

    private static Object invoke(Class<?> type, @Nullable Object of, String name, Object... arguments) throws Throwable {
        Method method = Arrays.stream(type.getDeclaredMethods())
                .filter(m -> m.getName().equals(name) && m.getParameterCount() == arguments.length)
                .findFirst()
                .orElseThrow();
        method.setAccessible(true);
        try {
            return method.invoke(of, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}

package io.engram.jepsen.controls;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.channels.FileChannel;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.implementation.InvocationHandlerAdapter;
import net.bytebuddy.matcher.ElementMatchers;
import org.jspecify.annotations.Nullable;

/// A file that counts how often it was forced to disk.
final class CountingChannel {
    private final FileChannel file;
    private int forced;

    private CountingChannel(FileChannel file) {
        this.file = file;
    }

    interface Use {
        /// @param counting passes each call on to the file
        void of(FileChannel counting) throws Throwable;
    }

    /// @return how often `use` forced the file
    static int forces(FileChannel file, Use use) throws Throwable {
        CountingChannel counting = new CountingChannel(file);
        try (FileChannel watched = new ByteBuddy()
                .subclass(FileChannel.class)
                .method(ElementMatchers.isAbstract())
                .intercept(InvocationHandlerAdapter.of((self, method, arguments) -> counting.call(method, arguments)))
                .make()
                .load(CountingChannel.class.getClassLoader())
                .getLoaded()
                .getDeclaredConstructor()
                .newInstance()) {
            use.of(watched);
        }
        return counting.forced;
    }

    private @Nullable Object call(Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("force")) forced++;
        // Protected, and all that `close` has left to do.
        if (method.getName().equals("implCloseChannel")) {
            file.close();
            return null;
        }
        try {
            return method.invoke(file, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}

package dev.cerberus.testing.faults;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.scaffold.TypeValidation;
import net.bytebuddy.matcher.ElementMatchers;
import net.bytebuddy.pool.TypePool;

/**
 * A loader of the project's classes that makes every method and constructor of some
 * packages report to {@link FaultPoints} before it does anything. Thread-safe.
 */
public final class InstrumentingClassLoader extends ClassLoader {

    private static final String ROOT = "dev.cerberus.";

    private static final String OWN = InstrumentingClassLoader.class.getPackageName() + ".";

    private final Set<String> packages;

    private final ClassFileLocator files;

    private final TypePool types;

    /**
     * Creates a loader.
     * @param parent where the classes' files are
     * @param packages the packages whose methods report
     */
    public InstrumentingClassLoader(ClassLoader parent, Set<String> packages) {
        super(parent);
        this.packages = Set.copyOf(packages);
        this.files = ClassFileLocator.ForClassLoader.of(parent);
        this.types = TypePool.Default.of(this.files);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(ROOT) || name.startsWith(OWN)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                byte[] bytes = reports(name) ? instrumented(name) : plain(name);
                loaded = defineClass(name, bytes, 0, bytes.length);
            }
            if (resolve) {
                resolveClass(loaded);
            }
            return loaded;
        }
    }

    private boolean reports(String name) {
        return this.packages.contains(name.substring(0, name.lastIndexOf('.')));
    }

    private byte[] plain(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        }
        catch (IOException ex) {
            throw new ClassNotFoundException(name, ex);
        }
    }

    private byte[] instrumented(String name) throws ClassNotFoundException {
        TypePool.Resolution type = this.types.describe(name);
        if (!type.isResolved()) {
            throw new ClassNotFoundException(name);
        }
        return new ByteBuddy().with(TypeValidation.DISABLED)
            .redefine(type.resolve(), this.files)
            .visit(Advice.to(Report.class)
                .on(ElementMatchers.isConstructor()
                    .or(ElementMatchers.isMethod().and(ElementMatchers.not(ElementMatchers.isAbstract())))))
            .make()
            .getBytes();
    }

    /**
     * What is inlined into the methods.
     */
    private static final class Report {

        @Advice.OnMethodEnter
        static void enter(@Advice.Origin("#t.#m") String method) {
            FaultPoints.enter(method);
        }

    }

}

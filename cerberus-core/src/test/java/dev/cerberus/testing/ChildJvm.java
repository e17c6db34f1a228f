package dev.cerberus.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Java process with the class path of the tests, for what may end a process or must be
 * the first thing in one.
 */
public final class ChildJvm {

    private ChildJvm() {
    }

    /**
     * What a process left behind.
     *
     * @param exitCode its exit code; 124 if it was ended for taking too long
     * @param output what it wrote to both streams
     */
    public record Outcome(int exitCode, String output) {
    }

    /**
     * Runs a class.
     * @param prefix a command that runs the process, such as a tracer; often empty
     * @param options options of the virtual machine
     * @param main the class
     * @param arguments its arguments
     * @param limit when it is ended
     * @return the outcome
     */
    public static Outcome run(List<String> prefix, List<String> options, Class<?> main, List<String> arguments,
            Duration limit) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), main.getName()));
        command.addAll(arguments);
        Path output = Files.createTempFile("cerberus-child", ".log");
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
            boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
            return new Outcome(ended ? process.exitValue() : 124,
                    new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
        }
        finally {
            Files.deleteIfExists(output);
        }
    }

}

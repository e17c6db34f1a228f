package dev.cerberus.djl;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

/**
 * Questions about what operators do on this machine's CPU, found out by trying, each once
 * a process: no answer can change while the CPU and libtorch stay what they are.
 * Thread-safe.
 */
final class Probe {

    private static final Map<Probed, Boolean> ANSWERS = new ConcurrentHashMap<>();

    private Probe() {
    }

    /**
     * Returns the answer of a program.
     * @param program the program, with all that it tries
     * @param question a method without parameters that returns a truth value
     * @return false also where this build of libtorch lacks an operator
     */
    static boolean holds(ProgramSource program, String question) {
        return ANSWERS.computeIfAbsent(new Probed(program.toString(), question), Probe::answer);
    }

    private static boolean answer(Probed probed) {
        try (NDManager manager = TorchRuntime.engine().newBaseManager(Device.cpu());
                ScriptModule program = ScriptModule.loadForFewCalls(manager, probed.program());
                IValue answer = program.call(probed.question())) {
            return answer.toBoolean();
        }
        catch (IllegalArgumentException | EngineException ex) {
            return false;
        }
    }

    private record Probed(String program, String question) {
    }

}

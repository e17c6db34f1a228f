package dev.cerberus.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.djl.TorchDevice;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.MemoryFile;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.hf.Safetensors;
import dev.cerberus.model.NativeSettings;
import dev.cerberus.training.TrainingOptions.Distillation;

/**
 * Lets a target model answer prompts and writes what it said to a memory file, for drafts
 * to look up.
 */
public final class MemoryMaker {

    private static final Logger LOGGER = LoggerFactory.getLogger(MemoryMaker.class);

    private MemoryMaker() {
    }

    /**
     * What to remember.
     *
     * @param model location of the target model
     * @param data files with prompts; none to let a chat model ask itself
     * @param out the memory file
     * @param work folder for the text, shared with trainings of heads
     * @param distillation how the target writes
     * @param seed of the sampled continuations
     * @param device where to run
     * @param precision {@code auto}, {@code fp32}, {@code bf16}, {@code fp16} or
     * {@code int8}
     */
    public record Options(String model, List<Path> data, Path out, Path work, Distillation distillation, long seed,
            String device, String precision) {

        /**
         * Checks the values.
         */
        public Options {
            data = List.copyOf(data);
            TrainingOptions.requireWritable(data, distillation, precision);
        }

    }

    /**
     * Makes a memory.
     * @param options what to remember
     * @return number of tokens written; answers given twice count once
     * @throws TrainingException if the data can not be used
     * @throws dev.cerberus.hf.ModelFileException if a model file is damaged or the memory
     * can not be written
     */
    public static int make(Options options) {
        NativeSettings.apply();
        TorchDevice device = TorchDevice.of(options.device());
        ModelDirectory model = ModelDirectory.open(options.model());
        try (Checkpoint checkpoint = model.openCheckpoint()) {
            Distiller distiller = new Distiller(model, checkpoint, device,
                    Distiller.precision(options.precision(), device));
            List<Path> files = distiller.distill(options.data(), options.distillation(), options.seed(),
                    options.work());
            List<int[]> sequences = sequences(files, options.distillation().tokens());
            int[] tokens = sequences.stream().flatMapToInt(Arrays::stream).toArray();
            int[] ends = sequences.stream().mapToInt((sequence) -> sequence.length).toArray();
            Arrays.parallelPrefix(ends, Integer::sum);
            Map<String, String> metadata = new LinkedHashMap<>();
            metadata.put("target_sha256", checkpoint.sha256());
            metadata.put("vocab_size", Integer.toString(model.config().vocabularySize()));
            metadata.put("data", Provenance.ofData(options.data()));
            metadata.put("seed", Long.toString(options.seed()));
            metadata.put("sampled_share", Double.toString(options.distillation().sampledShare()));
            metadata.put("sampled_temperature", Double.toString(options.distillation().temperature()));
            metadata.putAll(Provenance.current());
            MemoryFile.write(options.out(), tokens, ends, metadata);
            LOGGER.info("Wrote {}: {} tokens of {} answers", options.out(), tokens.length, ends.length);
            return tokens.length;
        }
    }

    /** Returns different sequences of at least three tokens, in the order written. */
    private static List<int[]> sequences(List<Path> files, long most) {
        List<int[]> sequences = new ArrayList<>();
        Set<List<Integer>> known = new HashSet<>();
        long read = 0;
        for (Path file : files) {
            try (Safetensors tensors = DistilledFile.open(file)) {
                int[] tokens = new int[Math.toIntExact(tensors.info("tokens").elements())];
                tensors.data("tokens").asIntBuffer().get(tokens);
                int[] ends = new int[Math.toIntExact(tensors.info("ends").elements())];
                tensors.data("ends").asIntBuffer().get(ends);
                int from = 0;
                for (int end : ends) {
                    int[] sequence = Arrays.copyOfRange(tokens, from, end);
                    if (read < most && known.add(Arrays.stream(sequence).boxed().toList())) {
                        sequences.add(sequence);
                    }
                    read += sequence.length;
                    from = end;
                }
            }
        }
        return sequences;
    }

}

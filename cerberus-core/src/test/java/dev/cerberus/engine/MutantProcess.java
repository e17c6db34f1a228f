package dev.cerberus.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.HeadsFile;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.hf.ModelFileException;
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.TensorType;
import dev.cerberus.model.ModelException;
import dev.cerberus.testing.ChainModels;
import dev.cerberus.testing.Mutator;
import dev.cerberus.text.AnswerSyntax;
import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.ChatTemplateException;
import dev.cerberus.text.TextTokenizer;
import dev.cerberus.text.TokenizerException;
import dev.cerberus.text.TokenizerSettings;

/**
 * A process that opens mutants of a model directory one after another, since what native
 * code does not bear may end it. Arguments: a folder, the first seed, the number of
 * mutants, and the share of them that are loaded with their weights, as 1 in so many.
 *
 * <p>
 * It names each seed before it tries it, and what is wrong with an outcome after
 * {@code FAULT}.
 */
final class MutantProcess {

    private static final int SECONDS = 20;

    private static final List<String> TEXTS = List.of("", "Hello, world! 42", "  \n\n \t x",
            "\u4e16\u754c \uD83D\uDE00\uFFFD", "<|im_end|><s>", "a".repeat(3000), " ".repeat(3000));

    private static final String ADDED = """
            {"id": %d, "content": "%s", "single_word": false, "lstrip": %s, "rstrip": false, "normalized": %s,
             "special": true}""";

    private final Path directory;

    private final Map<String, byte[]> files = new LinkedHashMap<>();

    private final List<byte[]> tokenizers = new ArrayList<>();

    private final int wholeShare;

    private int refused;

    private int opened;

    private MutantProcess(Path directory, int wholeShare) throws IOException {
        this.directory = directory;
        this.wholeShare = wholeShare;
        ChainModels model = ChainModels.in(directory).answers("H", "e", "l", "o", ".");
        model.tokenizerConfig().put("bos_token", "<s>").put("eos_token", "<|im_end|>");
        model.tokenizerConfig().put("tokenizer_class", "LlamaTokenizer").put("add_bos_token", true);
        model.file("generation_config.json", """
                {"do_sample": true, "temperature": 0.7, "top_p": 0.8, "top_k": 20, "eos_token_id": [99, 100],
                 "bos_token_id": 1, "pad_token_id": 0}""");
        components(model);
        model.write();
        heads(directory.resolve("cerberus-heads.safetensors"));
        new Calibration(Calibration.FORMAT, new Calibration.Source("m", "abc", "medusa", "none", 2, "p", 3, 200, 0, 16),
                Calibration.Machine.current("cpu", "fp32", 1), new Calibration.Costs(new double[] { 1, 1.2 }, 0.1),
                List.of(new Calibration.StaticTree(1, "0;", 0.5)),
                List.of(new Calibration.SignalFit("head-entropy", -0.5, 0.8, 2, 1.4)),
                List.of(new Calibration.HeadAccuracy(1, 200, new double[] { 0.5, 0.2 })),
                List.of(new Calibration.ReliabilityBin(1, 20, 0.6, 0.61)))
            .write(directory.resolve("cerberus-calibration.json"));
        for (String name : List.of("tokenizer.json", "config.json", "tokenizer_config.json", "generation_config.json",
                "model.safetensors", "cerberus-heads.safetensors", "cerberus-calibration.json")) {
            this.files.put(name, Files.readAllBytes(directory.resolve(name)));
        }
        this.tokenizers.add(this.files.get("tokenizer.json"));
        this.tokenizers.add(unigram());
        this.tokenizers.add(wordPiece());
        this.tokenizers.add(byteLevel());
    }

    private static String added(int id, String content, boolean strip) {
        return String.format(Locale.ROOT, ADDED, id, content, strip, strip);
    }

    /** SentencePiece with scores and a map of characters, which turns "a" into "b". */
    private static byte[] unigram() {
        ByteBuffer map = ByteBuffer.allocate(4 + 4 * 1024 + 2).order(ByteOrder.LITTLE_ENDIAN);
        map.putInt(4 * 1024);
        map.putInt(4, 256 << 10);
        map.putInt(4 + 4 * (256 ^ 'a'), ((256 ^ 'a' ^ 512) << 10) | (1 << 8) | 'a');
        map.putInt(4 + 4 * 512, Integer.MIN_VALUE);
        map.put(4 + 4 * 1024, (byte) 'b');
        String json = """
                {"version": "1.0", "added_tokens": [%s, %s],
                 "normalizer": {"type": "Sequence", "normalizers": [
                  {"type": "Precompiled", "precompiled_charsmap": "%s"},
                  {"type": "Strip", "strip_left": false, "strip_right": true},
                  {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "\u2581"}]},
                 "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always",
                  "split": true},
                 "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 1],
                  "trim_offsets": true, "add_prefix_space": false},
                 "decoder": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": true},
                 "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": false,
                  "vocab": [["<unk>", 0.0], ["<s>", 0.0], ["</s>", 0.0], ["\u2581", -2.5], ["b", -3.0],
                   ["bb", -4.5], ["H", -5.0], ["e", -5.0], ["l", -5.0], ["o", -5.0]]}}""";
        return String
            .format(Locale.ROOT, json, added(1, "<s>", false), added(2, "</s>", true),
                    Base64.getEncoder().encodeToString(map.array()))
            .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] wordPiece() {
        String json = """
                {"version": "1.0", "added_tokens": [%s, %s],
                 "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                  "strip_accents": null, "lowercase": true},
                 "pre_tokenizer": {"type": "BertPreTokenizer"},
                 "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 1], "cls": ["[UNK]", 0]},
                 "decoder": {"type": "Sequence", "decoders": [
                  {"type": "WordPiece", "prefix": "##", "cleanup": true},
                  {"type": "CTC", "pad_token": "[SEP]", "word_delimiter_token": "|", "cleanup": true},
                  {"type": "BPEDecoder", "suffix": "</w>"}]},
                 "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {"[UNK]": 0, "[SEP]": 1, "h": 2, "##e": 3, "##l": 4,
                  "##o": 5, ",": 6, "world": 7}}}""";
        return String.format(Locale.ROOT, json, added(0, "[UNK]", true), added(1, "[SEP]", false))
            .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] byteLevel() {
        String json = """
                {"version": "1.0", "truncation": {"direction": "Right", "max_length": 5, "strategy": "LongestFirst",
                  "stride": 0}, "padding": {"strategy": {"Fixed": 8}, "direction": "Right", "pad_to_multiple_of": null,
                  "pad_id": 0, "pad_type_id": 0, "pad_token": "!"}, "added_tokens": [%s],
                 "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                  {"type": "Punctuation", "behavior": "Isolated"}, {"type": "WhitespaceSplit"}, {"type": "UnicodeScripts"},
                  {"type": "CharDelimiterSplit", "delimiter": "-"},
                  {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}]},
                 "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"},
                  {"type": "StripAccents"}, {"type": "Nmt"}, {"type": "Prepend", "prepend": "x"}]},
                 "post_processor": {"type": "Sequence", "processors": [
                  {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true}]},
                 "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
                 "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "",
                  "end_of_word_suffix": "", "fuse_unk": false, "byte_fallback": false, "ignore_merges": true,
                  "vocab": {"!": 0, "h": 1, "e": 2, "l": 3, "o": 4, "he": 5, "ll": 6, "\u0120": 7, "\u0120h": 8},
                  "merges": [["h", "e"], ["l", "l"], ["\u0120", "h"]]}}""";
        return String.format(Locale.ROOT, json, added(9, "<|end|>", false)).getBytes(StandardCharsets.UTF_8);
    }

    /** One part of each kind that native code reads. */
    private static void components(ChainModels model) {
        var normalizers = model.tokenizer().putObject("normalizer").put("type", "Sequence").putArray("normalizers");
        normalizers.addObject().put("type", "NFC");
        normalizers.addObject().put("type", "Replace").put("content", "_").putObject("pattern").put("String", "\u00a0");
        var cuts = model.tokenizer().putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
        cuts.addObject()
            .put("type", "Split")
            .put("behavior", "Isolated")
            .put("invert", false)
            .putObject("pattern")
            .put("Regex", "\\s*[\\r\\n]+|\\s+(?!\\S)|\\p{N}{1,3}");
        cuts.addObject().put("type", "Digits").put("individual_digits", true);
        var post = model.tokenizer().putObject("post_processor").put("type", "TemplateProcessing");
        post.putArray("single").addObject().putObject("SpecialToken").put("id", "<s>").put("type_id", 0);
        post.withArray("single").addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        post.putArray("pair");
        var start = post.putObject("special_tokens").putObject("<s>").put("id", "<s>");
        start.putArray("ids").add(1);
        start.putArray("tokens").add("<s>");
        var decoders = model.tokenizer().putObject("decoder").put("type", "Sequence").putArray("decoders");
        decoders.addObject().put("type", "Replace").put("content", " ").putObject("pattern").put("String", "\u2581");
        decoders.addObject().put("type", "ByteFallback");
        decoders.addObject().put("type", "Fuse");
        decoders.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    }

    private static void heads(Path file) {
        int size = ChainModels.VOCABULARY;
        SafetensorsWriter writer = new SafetensorsWriter();
        for (int head = 0; head < 2; head++) {
            writer.add(head + ".0.linear.weight", TensorType.F32, new long[] { size, size }, new float[size * size]);
            writer.add(head + ".0.linear.bias", TensorType.F32, new long[] { size }, new float[size]);
            writer.add(head + ".1.weight", TensorType.F32, new long[] { size, size }, new float[size * size]);
        }
        writer.write(file);
    }

    public static void main(String[] args) throws Exception {
        MutantProcess process = new MutantProcess(Path.of(args[0]), Integer.parseInt(args[3]));
        for (byte[] tokenizer : process.tokenizers) {
            Files.write(process.directory.resolve("tokenizer.json"), tokenizer);
            process.readText();
        }
        long first = Long.parseLong(args[1]);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        for (long seed = first; seed < first + Long.parseLong(args[2]); seed++) {
            long mutant = seed;
            System.out.println("seed " + seed);
            try {
                thread.submit(() -> process.tryOut(mutant)).get(SECONDS, TimeUnit.SECONDS);
            }
            catch (TimeoutException ex) {
                System.out.println("FAULT seed " + seed + " takes longer than " + SECONDS + " s");
                System.exit(1);
            }
            catch (ExecutionException ex) {
                System.out.println("FAULT seed " + seed + " ends with " + ex.getCause());
                ex.getCause().printStackTrace(System.out);
            }
        }
        System.out.println("refused " + process.refused + ", opened " + process.opened);
        System.exit(0);
    }

    private Optional<Void> tryOut(long seed) throws IOException {
        Mutator mutator = new Mutator(seed);
        String name = name(mutator.next(20));
        byte[] original = this.files.get(name);
        boolean tokenizer = name.equals("tokenizer.json");
        byte[] base = tokenizer ? this.tokenizers.get(mutator.next(this.tokenizers.size())) : original;
        byte[] mutant = name.endsWith(".json") ? mutator.json(base) : mutator.safetensors(base);
        Files.write(this.directory.resolve(name), mutant);
        try {
            readText();
            if (!tokenizer) {
                readAll(mutator.next(this.wholeShare) == 0);
            }
            this.opened++;
        }
        catch (ModelFileException | TokenizerException | ChatTemplateException | ModelException ex) {
            this.refused++;
            String message = String.valueOf(ex.getMessage());
            boolean names = message.contains(this.directory.toString()) || message.contains("cerberus.")
                    || message.contains("config.json");
            if (!names || message.contains("\n") || message.length() > 1500) {
                System.out.println("FAULT seed " + seed + " is refused without naming a file, or not in one line: "
                        + ex.getClass().getSimpleName() + " " + message);
            }
        }
        finally {
            Files.write(this.directory.resolve(name), original);
        }
        return Optional.empty();
    }

    private static String name(int number) {
        return (number < 8) ? "tokenizer.json"
                : (number < 11) ? "config.json"
                        : (number < 13) ? "tokenizer_config.json"
                                : (number < 14) ? "generation_config.json" : (number < 17) ? "model.safetensors"
                                        : (number < 18) ? "cerberus-heads.safetensors" : "cerberus-calibration.json";
    }

    private void readText() {
        TokenizerSettings settings = TokenizerSettings.read(this.directory);
        Optional<ChatTemplate> template = ChatTemplate.fromTokenizerConfig(this.directory);
        try (TextTokenizer tokenizer = TextTokenizer.load(this.directory.resolve("tokenizer.json"), settings);
                PromptEncoder encoder = new PromptEncoder(tokenizer, new TemplateInUse(template, Optional.empty()),
                        AnswerSyntax.usual().prompting(), 256, false, 1 << 24, OptionalInt.empty())) {
            for (String text : TEXTS) {
                encode(encoder, new Prompt.Raw(text));
                if (template.isPresent()) {
                    encode(encoder, new Prompt.Chat(List.of(ChatMessage.user(text)), List.of()));
                }
                tokenizer.decode(tokenizer.encode(text, true));
            }
            for (int id = 0; id < Math.min(200, tokenizer.vocabularySize()); id++) {
                tokenizer.decode(new int[] { id });
            }
        }
    }

    private static void encode(PromptEncoder encoder, Prompt prompt) {
        try {
            encoder.encode(prompt);
        }
        catch (IllegalArgumentException ex) {
            if (!String.valueOf(ex.getMessage()).contains("; ")) {
                throw ex;
            }
        }
    }

    private void readAll(boolean weights) {
        EngineOptions options = EngineOptions.builder(this.directory.toString())
            .precision("fp32")
            .device("cpu")
            .build();
        if (weights) {
            LoadedModel.load(options).close();
        }
        else {
            inspect(ModelDirectory.open(options.modelLocation()));
        }
    }

    /** Reads all that is read before the weights are. */
    private static void inspect(ModelDirectory model) {
        ContextBudget.require(model.config().contextTokens(), model.config());
        HeadsFile heads = HeadsFile.read(model.heads().orElseThrow());
        try (Checkpoint checkpoint = model.openCheckpoint()) {
            heads.requireTarget(model.config(), checkpoint);
        }
        Calibration calibration = Calibration.read(model.calibration().orElseThrow());
        new CalibrationInUse(calibration, true).reliability(false);
    }

}

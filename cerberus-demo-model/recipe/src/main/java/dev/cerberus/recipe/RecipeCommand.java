package dev.cerberus.recipe;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cerberus.recipe.data.BpeTrainer;
import dev.cerberus.recipe.data.ChatMl;
import dev.cerberus.recipe.data.Conversation;
import dev.cerberus.recipe.data.ConversationGenerator;
import dev.cerberus.recipe.data.CorpusBuilder;
import dev.cerberus.recipe.data.Encoder;
import dev.cerberus.recipe.data.FillLists;
import dev.cerberus.recipe.data.HeldOutPrompts;
import dev.cerberus.recipe.data.PublicTexts;
import dev.cerberus.recipe.data.RandomPrompts;
import dev.cerberus.recipe.data.Split;
import dev.cerberus.recipe.data.TokenizerFiles;
import dev.cerberus.recipe.data.Turn;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Command line of the recipe: from word lists to the trained demo model.
 */
@Command(name = "recipe", mixinStandardHelpOptions = true, description = "Makes the Cerberus demo model.",
        subcommands = { RecipeCommand.Conversations.class, RecipeCommand.Tokenizer.class, RecipeCommand.Corpus.class,
                RecipeCommand.MiniBench.class, RecipeCommand.Random.class, TaskPromptsCommand.class, TrainCommand.class,
                ExportCommand.class, EvaluateCommand.class })
public final class RecipeCommand {

    private static final long SEED = 1L;

    private RecipeCommand() {
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new RecipeCommand()).execute(arguments));
    }

    /** Prints generated conversations as JSON lines. */
    @Command(name = "conversations", description = "Prints generated conversations as JSON lines.")
    static final class Conversations implements Runnable {

        @Spec
        private CommandSpec spec;

        @Option(names = "--count", defaultValue = "40", description = "Number of conversations.")
        private int count;

        @Option(names = "--seed", defaultValue = "1", description = "Seed of the generator.")
        private long seed;

        @Option(names = "--held-out", description = "Uses the fills that training never sees.")
        private boolean heldOut;

        @Option(names = "--text", description = "Prints the chat format instead of JSON.")
        private boolean text;

        @Override
        public void run() {
            ConversationGenerator generator = new ConversationGenerator(new SplittableRandom(this.seed));
            ObjectMapper json = new ObjectMapper();
            PrintWriter out = this.spec.commandLine().getOut();
            for (int i = 0; i < this.count; i++) {
                Conversation conversation = generator.next(this.heldOut ? Split.HELD_OUT : Split.TRAINING);
                if (this.text) {
                    out.println("=== " + conversation.category());
                    ChatMl.render(conversation.tools(), conversation.turns())
                        .forEach((piece) -> out.print(piece.text()));
                }
                else {
                    out.println(json.valueToTree(conversation));
                }
            }
            out.flush();
        }

    }

    /** Trains the tokenizer and writes its files. */
    @Command(name = "tokenizer", description = "Trains the tokenizer and writes its files.")
    static final class Tokenizer implements Runnable {

        @Spec
        private CommandSpec spec;

        @Option(names = "--data", required = true, description = "Folder of the public texts.")
        private Path data;

        @Option(names = "--out", required = true, description = "Folder for the tokenizer files.")
        private Path out;

        @Option(names = "--size", defaultValue = "4096", description = "Number of tokens.")
        private int size;

        @Option(names = "--conversations", defaultValue = "30000",
                description = "Number of generated conversations to read.")
        private int conversations;

        @Override
        public void run() {
            try {
                PublicTexts texts = new PublicTexts(this.data);
                BpeTrainer trainer = new BpeTrainer(ChatMl.RESERVED);
                for (String story : texts.stories()) {
                    trainer.add(story, Set.of());
                }
                for (var chats : List.of(texts.wordProblems(), texts.openChats())) {
                    chats.forEach((chat) -> chat.forEach((turn) -> trainer.add(turn.content(), Set.of())));
                }
                Set<String> names = properNames();
                ConversationGenerator generator = new ConversationGenerator(new SplittableRandom(SEED));
                for (int i = 0; i < this.conversations; i++) {
                    Conversation conversation = generator.next(Split.TRAINING);
                    conversation.tools().forEach((tool) -> trainer.add(tool, names));
                    for (Turn turn : conversation.turns()) {
                        trainer.add(turn.content(), names);
                    }
                }
                BpeTrainer.Vocabulary vocabulary = trainer.train(this.size);
                TokenizerFiles.write(vocabulary, this.out);
                this.spec.commandLine()
                    .getOut()
                    .printf(Locale.ROOT, "%d tokens written to %s%n", vocabulary.vocabulary().size(), this.out);
            }
            catch (IOException ex) {
                throw new CommandLine.ExecutionException(this.spec.commandLine(),
                        "Cannot make the tokenizer: " + ex.getMessage(), ex);
            }
        }

        // names get no tokens of their own: the model has to learn to copy names piece by
        // piece, also new ones
        private static Set<String> properNames() {
            FillLists lists = new FillLists();
            Set<String> names = new HashSet<>();
            for (String list : List.of("names", "surnames", "cities", "companies", "streets", "artists")) {
                lists.list(list).forEach((entry) -> names.addAll(List.of(entry.split(" "))));
            }
            return names;
        }

    }

    /** Writes the token files for training and validation. */
    @Command(name = "corpus", description = "Writes the token files for training and validation.")
    static final class Corpus implements Runnable {

        @Spec
        private CommandSpec spec;

        @Option(names = "--data", required = true, description = "Folder of the public texts.")
        private Path data;

        @Option(names = "--tokenizer", required = true, description = "Folder of tokenizer.json.")
        private Path tokenizer;

        @Option(names = "--out", required = true, description = "Folder for the token files.")
        private Path out;

        @Option(names = "--tokens", defaultValue = "14000000", description = "Size of the training part in tokens.")
        private long tokens;

        @Option(names = "--validation-tokens", defaultValue = "200000",
                description = "Size of the validation part in tokens.")
        private long validationTokens;

        @Option(names = "--seed", defaultValue = "1", description = "Seed of all choices.")
        private long seed;

        @Override
        public void run() {
            try (Encoder encoder = new Encoder(this.tokenizer)) {
                Map<String, CorpusBuilder.Share> shares = new CorpusBuilder(encoder, new PublicTexts(this.data),
                        this.seed)
                    .build(this.out, this.tokens, this.validationTokens);
                PrintWriter out = this.spec.commandLine().getOut();
                out.printf(Locale.ROOT, "%-24s %9s %10s %10s %9s %9s%n", "source", "documents", "tokens", "labels",
                        "labels/doc", "chars/tok");
                shares.forEach((source, share) -> out.printf(Locale.ROOT, "%-24s %9d %10d %10d %9.1f %9.2f%n", source,
                        share.documents(), share.tokens(), share.labels(), (double) share.labels() / share.documents(),
                        (double) share.characters() / share.tokens()));
                long all = shares.values().stream().mapToLong(CorpusBuilder.Share::tokens).sum();
                long labels = shares.values().stream().mapToLong(CorpusBuilder.Share::labels).sum();
                out.printf(Locale.ROOT, "%-24s %9s %10d %10d%n", "all", "", all, labels);
                out.flush();
            }
            catch (IOException ex) {
                throw new CommandLine.ExecutionException(this.spec.commandLine(),
                        "Cannot make the corpus: " + ex.getMessage(), ex);
            }
        }

    }

    /** Writes the held-out prompts. */
    @Command(name = "mini-bench", description = "Writes the held-out prompts.")
    static final class MiniBench implements Runnable {

        @Spec
        private CommandSpec spec;

        @Option(names = "--out", required = true, description = "File for the 80 questions in MT-Bench form.")
        private Path out;

        @Option(names = "--seed", defaultValue = "" + HeldOutPrompts.BENCH_SEED,
                description = "Another seed gives other questions, for tuning.")
        private long seed;

        @Option(names = "--accuracy", description = "File for the prompts that accuracy is measured on.")
        private @Nullable Path accuracy;

        @Option(names = "--per-category", defaultValue = "50",
                description = "Number of accuracy prompts in each category.")
        private int perCategory;

        @Override
        public void run() {
            try {
                HeldOutPrompts.writeBench(this.out, this.seed);
                if (this.accuracy != null) {
                    int lines = HeldOutPrompts.writeAccuracy(this.accuracy, this.perCategory);
                    this.spec.commandLine()
                        .getOut()
                        .printf(Locale.ROOT, "%d accuracy prompts written to %s%n", lines, this.accuracy);
                }
            }
            catch (IOException ex) {
                throw new CommandLine.ExecutionException(this.spec.commandLine(),
                        "Cannot write the prompts: " + ex.getMessage(), ex);
            }
        }

    }

    /** Writes prompts of random tokens. */
    @Command(name = "random-prompts", description = "Writes prompts of random tokens.")
    static final class Random implements Runnable {

        @Spec
        private CommandSpec spec;

        @Option(names = "--tokenizer", required = true, description = "Folder of tokenizer.json.")
        private Path tokenizer;

        @Option(names = "--out", required = true, description = "File for the prompts.")
        private Path out;

        @Option(names = "--count", defaultValue = "40", description = "Number of prompts.")
        private int count;

        @Option(names = "--tokens", defaultValue = "48", description = "Tokens of each prompt.")
        private int tokens;

        @Option(names = "--vocabulary", defaultValue = "4096", description = "Size of the vocabulary.")
        private int vocabulary;

        @Override
        public void run() {
            try (Encoder encoder = new Encoder(this.tokenizer)) {
                RandomPrompts.write(this.out, encoder, this.vocabulary, this.count, this.tokens,
                        new SplittableRandom(SEED));
                this.spec.commandLine()
                    .getOut()
                    .printf(Locale.ROOT, "%d random prompts written to %s%n", this.count, this.out);
            }
            catch (IOException ex) {
                throw new CommandLine.ExecutionException(this.spec.commandLine(),
                        "Cannot write the prompts: " + ex.getMessage(), ex);
            }
        }

    }

}

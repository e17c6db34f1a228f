package dev.cerberus.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.hf.ModelFileException;
import dev.cerberus.hub.StubHub.Fault;
import dev.cerberus.testing.GgufBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

class HubPullTests {

    private static final byte[] WEIGHTS = new byte[400_000];

    private static final Predicate<String> PART = (request) -> request
        .matches("storage /blob/model.safetensors bytes=[1-9]\\d+-");

    static {
        new Random(1).nextBytes(WEIGHTS);
    }

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    private StubHub hub;

    @BeforeEach
    void start() throws IOException {
        this.hub = new StubHub();
    }

    @AfterEach
    void stop() {
        this.hub.close();
    }

    private HubSettings settings(String... token) {
        return new HubSettings(URI.create(this.hub.address()), Stream.of(token).findFirst(), "HF_TOKEN",
                this.directory.resolve("cache"), ProxyVariables.NONE);
    }

    private HubPull puller(String... token) {
        return new HubPull(settings(token), Duration.ofMillis(1), Duration.ofMillis(400));
    }

    private Path pull(String name, String... token) {
        return puller(token).pull(HubLocation.parse(name), PullProgress.NONE);
    }

    private void safetensors() {
        this.hub.file("config.json", "{}")
            .file("tokenizer.json", "{\"a\":1}")
            .file("tokenizer_config.json", "{}")
            .file("README.md", "text")
            .file("pytorch_model.bin", "pickle")
            .file("model.safetensors", WEIGHTS);
    }

    private void assertRefused(String name, String... parts) {
        assertThatExceptionOfType(HubException.class).isThrownBy(() -> pull(name))
            .withMessageContainingAll(parts)
            .satisfies((ex) -> assertThat(ex.getMessage()).isEqualTo(ex.problem() + "; " + ex.action()));
    }

    @Test
    void pullFetchesWhatAModelNeedsIntoTheLayoutOfTheHubsTools() throws IOException {
        safetensors();
        List<String> heard = new ArrayList<>();
        Path folder = puller().pull(HubLocation.parse("org/tiny"), (file, done, total) -> heard.add(file));
        Path repository = this.directory.resolve("cache/models--org--tiny");
        assertThat(folder).isEqualTo(repository.resolve("snapshots").resolve(StubHub.COMMIT));
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("config.json", "tokenizer.json",
                "tokenizer_config.json", "model.safetensors");
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(WEIGHTS).isSymbolicLink();
        assertThat(Files.readSymbolicLink(folder.resolve("model.safetensors")))
            .isEqualTo(Path.of("../../blobs", StubHub.sha256(WEIGHTS)));
        assertThat(repository.resolve("refs/main")).hasContent(StubHub.COMMIT);
        assertThat(repository.resolve("blobs").toFile().list()).hasSize(3)
            .noneMatch((name) -> name.endsWith(".incomplete"));
        assertThat(heard).contains("config.json", "model.safetensors");
    }

    @Test
    void pullWhenAllIsThereFetchesNoContent() {
        safetensors();
        pull("org/tiny");
        this.hub.requests.clear();
        pull("org/tiny");
        assertThat(this.hub.requests).isNotEmpty().noneMatch((request) -> request.startsWith("storage "));
        this.hub.requests.clear();
        puller().pullIfMissing(HubLocation.parse("org/tiny"), PullProgress.NONE);
        assertThat(this.hub.requests).as("the hub is not asked at all").isEmpty();
    }

    @Test
    void pullLeavesALinkThatIsRightWhereItIs() throws IOException {
        safetensors();
        Path weights = pull("org/tiny").resolve("model.safetensors");
        FileTime made = Files.getLastModifiedTime(weights, LinkOption.NOFOLLOW_LINKS);
        pull("org/tiny");
        assertThat(Files.getLastModifiedTime(weights, LinkOption.NOFOLLOW_LINKS)).isEqualTo(made);
        Files.delete(weights);
        Files.writeString(weights, "another");
        pull("org/tiny");
        assertThat(weights).hasBinaryContent(WEIGHTS);
    }

    @Test
    void pullFetchesTheShardsOfAnIndex() {
        this.hub.file("config.json", "{}")
            .file("tokenizer.json", "{}")
            .file("model.safetensors.index.json", """
                    {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors", "c": "model-1.safetensors"}}
                    """)
            .file("model-1.safetensors", "one")
            .file("model-2.safetensors", "two")
            .file("consolidated.safetensors", "not needed");
        Path folder = pull("org/tiny");
        assertThat(folder.resolve("model-2.safetensors")).hasContent("two");
        assertThat(folder.resolve("consolidated.safetensors")).doesNotExist();
    }

    @Test
    void pullTakesTheOneGgufFileOrTheNamedOne() {
        this.hub.file("tiny-q4.gguf", WEIGHTS).file("mmproj-tiny.gguf", "eyes");
        assertThat(pull("org/tiny")).hasBinaryContent(WEIGHTS).hasFileName("tiny-q4.gguf");
        this.hub.file("sub/tiny-q8.gguf", "more");
        assertRefused("org/tiny", "several GGUF files: sub/tiny-q8.gguf, tiny-q4.gguf", "org/tiny/sub/tiny-q8.gguf");
        assertThat(pull("org/tiny/sub/tiny-q8.gguf")).hasContent("more");
        assertRefused("org/tiny/none.gguf", "has no file none.gguf", "tiny-q4.gguf");
    }

    @Test
    void pullTakesFilesWhoseNamesHoldAllLetters() {
        String name = "模型 (1) + 50% #2.gguf";
        this.hub.file(name, WEIGHTS);
        assertThat(pull("org/tiny")).hasBinaryContent(WEIGHTS).hasFileName(name);
        this.hub.file("other.gguf", "more");
        assertRefused("org/tiny", "several GGUF files", "name one");
        assertThat(pull("org/tiny/" + name)).hasBinaryContent(WEIGHTS);
    }

    @Test
    void pullTakesABranchWithASlashInItsName() {
        safetensors();
        Path folder = pull("org/tiny:feature/x");
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        HubCache cache = new HubCache(this.directory.resolve("cache"));
        assertThat(cache.find(HubLocation.parse("org/tiny:feature/x"))).hasValue(folder);
        assertThat(cache.find(HubLocation.parse("org/tiny:feature"))).isEmpty();
    }

    @Test
    void pullTakesAProposedChange() {
        safetensors();
        this.hub.file("tiny.gguf", "small");
        Path folder = pull("org/tiny:refs/pr/3");
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        HubCache cache = new HubCache(this.directory.resolve("cache"));
        assertThat(cache.find(HubLocation.parse("org/tiny:refs/pr/3"))).hasValue(folder);
        assertThat(pull("org/tiny:refs/pr/3/tiny.gguf")).hasContent("small");
        assertThat(this.directory.resolve("cache/models--org--tiny/refs/refs/pr/3")).hasContent(StubHub.COMMIT);
    }

    @Test
    void pullOfAPartOfAGgufFileIsRefusedBeforeItIsFetched() {
        this.hub.file("big-00001-of-00002.gguf", "one").file("big-00002-of-00002.gguf", "two");
        assertRefused("org/tiny", "no GGUF file but in parts", "llama-gguf-split --merge");
        assertRefused("org/tiny/big-00002-of-00002.gguf", "big-00002-of-00002.gguf of org/tiny is a part",
                "llama-gguf-split --merge");
        this.hub.file("small-00001-of-00001.gguf", "whole");
        assertThat(pull("org/tiny")).hasContent("whole");
        assertRefused("org/tiny/big-00001-of-00002.gguf", "name one of small-00001-of-00001.gguf");
        assertThat(this.hub.requests).noneMatch((request) -> request.contains("blob/big"));
    }

    @Test
    @Timeout(60)
    void pullWaitsForAnotherClassLoaderOfThisProcess() throws Exception {
        safetensors();
        Path locks = Files.createDirectories(this.directory.resolve("cache/.locks"));
        CompletableFuture<Path> pulled;
        try (FileChannel channel = FileChannel.open(locks.resolve("models--org--tiny.lock"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            pulled = CompletableFuture.supplyAsync(() -> pull("org/tiny"));
            assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> pulled.get(1, TimeUnit.SECONDS));
        }
        assertThat(pulled.get().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    }

    @Test
    void pullIntoACacheThatIsSharedLeavesNothingThatOnlyItsOwnerReads() throws IOException {
        safetensors();
        pull("org/tiny");
        Path plain = Files.createFile(this.directory.resolve("plain"));
        assumeThat(Files.getFileStore(plain).supportsFileAttributeView(PosixFileAttributeView.class)).isTrue();
        try (Stream<Path> files = Files.walk(this.directory.resolve("cache"))) {
            assertThat(files.filter(Files::isRegularFile)).isNotEmpty()
                .allSatisfy((file) -> assertThat(Files.getPosixFilePermissions(file))
                    .isEqualTo(Files.getPosixFilePermissions(plain)));
        }
    }

    @Test
    void pullWhenAnotherHostRefusesIsNotCalledGated() {
        safetensors();
        this.hub.then(Fault.FORBIDDEN);
        assertRefused("org/tiny", "to which localhost redirects for the file model.safetensors of org/tiny",
                "answers 403", "have the network let requests through");
    }

    @ParameterizedTest
    @ValueSource(strings = { "README.md", "pytorch_model.bin", "adapter_model.safetensors", "x.onnx" })
    void pullWhenThereIsNoModelIsRefused(String only) {
        this.hub.file("config.json", "{}").file(only, "x");
        assertRefused("org/tiny", "neither safetensors", "GGUF");
    }

    @Test
    void pullWhenThereIsNoTokenizerIsRefused() {
        this.hub.file("config.json", "{}").file("model.safetensors", "x").file("tokenizer.model", "x");
        assertRefused("org/tiny", "has no tokenizer.json");
    }

    @Test
    void pullGoesOnWhereTheConnectionEnded() {
        safetensors();
        this.hub.then(Fault.CUT, Fault.CUT, Fault.CUT, Fault.CUT, Fault.CUT, Fault.CUT, Fault.CUT);
        assertThat(pull("org/tiny").resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(this.hub.requests).filteredOn(PART).hasSize(7);
    }

    @Test
    void pullGoesOnWithWhatAnEarlierCallLeft() throws IOException {
        safetensors();
        Path blob = this.directory.resolve("cache/models--org--tiny/blobs/" + StubHub.sha256(WEIGHTS));
        Files.createDirectories(blob.getParent());
        Files.write(blob.resolveSibling(blob.getFileName() + ".incomplete"), Arrays.copyOf(WEIGHTS, 123_456));
        assertThat(pull("org/tiny").resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(this.hub.requests).contains("storage /blob/model.safetensors bytes=123456-")
            .doesNotContain("storage /blob/model.safetensors");
    }

    @Test
    void pullWhenRangesAreIgnoredBeginsAnew() {
        safetensors();
        this.hub.withoutRanges().then(Fault.CUT);
        assertThat(pull("org/tiny").resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    }

    @Test
    @Timeout(20)
    void pullWhenRangesAreIgnoredAndItAlwaysEndsAtTheSamePlaceGivesUp() {
        safetensors();
        this.hub.withoutRanges().then(Collections.nCopies(100, Fault.CUT).toArray(Fault[]::new));
        assertRefused("org/tiny", "model.safetensors can not be fetched", "5 attempts");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void pullWhenTheDiskIsFullSaysSoAtOnce() throws IOException {
        safetensors();
        Path blob = this.directory.resolve("cache/models--org--tiny/blobs/" + StubHub.sha256(WEIGHTS) + ".incomplete");
        Files.createDirectories(blob.getParent());
        Files.createSymbolicLink(blob, Path.of("/dev/full"));
        assertRefused("org/tiny", "model.safetensors", "can not be written", "No space left", "check the folder");
        assertThat(this.hub.requests).filteredOn((request) -> request.startsWith("storage ")).hasSize(1);
        Files.delete(blob);
    }

    @Test
    void pullWhenTheHubIsBusyTriesAgain() {
        safetensors();
        this.hub.then(Fault.BUSY, Fault.LIMITED, Fault.BUSY);
        assertThat(pull("org/tiny").resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    }

    @Test
    void pullWhenTheHubStaysBusyGivesUpAndKeepsWhatCame() {
        safetensors();
        this.hub.then(Fault.CUT, Fault.LIMITED, Fault.LIMITED, Fault.LIMITED, Fault.LIMITED, Fault.LIMITED);
        assertRefused("org/tiny", "model.safetensors can not be fetched", "429 (too many requests)",
                "what was fetched is kept");
        this.hub.requests.clear();
        pull("org/tiny");
        assertThat(this.hub.requests).filteredOn(PART).isNotEmpty();
    }

    @Test
    void pullWhenNothingComesAnyMoreConnectsAgain() {
        safetensors();
        this.hub.then(Fault.STALL);
        assertThat(pull("org/tiny").resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(this.hub.requests).filteredOn(PART).isNotEmpty();
    }

    @Test
    void pullWhenTheHashIsWrongRemovesWhatCame() throws IOException {
        safetensors();
        this.hub.promiseHash("model.safetensors", "a".repeat(64));
        assertRefused("org/tiny", "arrived with the hash " + StubHub.sha256(WEIGHTS), "instead of aaaa");
        try (Stream<Path> blobs = Files.list(this.directory.resolve("cache/models--org--tiny/blobs"))) {
            assertThat(blobs).noneMatch((blob) -> blob.getFileName().toString().startsWith("aaaa"));
        }
        assertThat(new HubCache(this.directory.resolve("cache")).find(HubLocation.parse("org/tiny"))).isEmpty();
    }

    @Test
    void pullWhenASmallFileIsAnotherIsRefused() {
        safetensors();
        this.hub.promiseHash("tokenizer.json", "b".repeat(40));
        assertRefused("org/tiny", "tokenizer.json", "instead of bbbb");
    }

    @Test
    void pullWhenTheHubLiesAboutTheSizeIsRefused() {
        safetensors();
        this.hub.promiseSize("model.safetensors", WEIGHTS.length - 1);
        assertRefused("org/tiny", "has 400000 bytes where the hub promises 399999");
        this.hub.promiseSize("model.safetensors", 1L << 60);
        assertRefused("org/tiny", "needs 1152921504606846976 bytes", "are free");
    }

    @Test
    void pullWhenThereIsNoHashIsRefused() {
        safetensors();
        this.hub.promiseHash("model.safetensors", "etag-of-a-proxy");
        assertRefused("org/tiny", "no hash for the file model.safetensors");
    }

    @Test
    void pullFollowsARenamedRepository() {
        safetensors();
        assertThat(pull("old/tiny").resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    }

    @Test
    void pullSendsTheTokenToTheHubOnly() {
        safetensors();
        this.hub.requireToken("secret");
        assertThat(pull("org/tiny", "secret").resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(this.hub.tokensAtStorage).isEmpty();
        assertThat(settings("secret")).asString().doesNotContain("secret");
        assertThatExceptionOfType(HubException.class).isThrownBy(() -> pull("org/tiny", "wrong"))
            .withMessageContaining("does not accept the token; correct HF_TOKEN")
            .withMessageNotContaining("wrong");
    }

    @Test
    void pullWhenItIsNotAllowedSaysWhatToDo() {
        safetensors();
        this.hub.requireToken("secret");
        assertRefused("org/tiny", "does not exist on localhost or is private", "set HF_TOKEN");
        this.hub.requireToken("").gate();
        assertRefused("org/tiny", "gated", "accept its conditions", "HF_TOKEN");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            none/such        | the repository of none/such does not exist on localhost
            org/tiny:v9      | has no revision v9
            loop/tiny        | redirects in circles
            html/tiny        | does not answer as a hub does
            """)
    void pullWhenThereIsNothingIsRefused(String name, String message) {
        safetensors();
        assertRefused(name, message);
    }

    @Test
    void pullWhenNobodyAnswersIsRefused() {
        this.hub.close();
        assertRefused("org/tiny", "org/tiny can not be fetched from http://localhost", "5 attempts",
                "check the network");
    }

    @Test
    void pullLeavesOutNamesThatLeadOutOfTheFolder() {
        this.hub.file("../../evil.gguf", "x").file("tiny.gguf", "y");
        assertThat(pull("org/tiny")).hasContent("y");
    }

    @Test
    void pullWhenShardsLeadOutOfTheFolderIsRefused() {
        this.hub.file("config.json", "{}")
            .file("tokenizer.json", "{}")
            .file("model.safetensors.index.json", "{\"weight_map\": {\"a\": \"../../evil.safetensors\"}}")
            .file("model-1.safetensors", "one");
        assertRefused("org/tiny", "../../evil.safetensors", "no plain name");
    }

    @Test
    void pullWhenTheGgufFileLiesInAFolderAsksForItsName() {
        this.hub.file("q4/tiny.gguf", "x");
        assertRefused("org/tiny", "in a folder: q4/tiny.gguf", "org/tiny/q4/tiny.gguf");
    }

    @Test
    void pullToPutsFilesIntoAFolder() throws IOException {
        safetensors();
        this.hub.then(Fault.CUT);
        Path folder = this.directory.resolve("here");
        assertThat(puller().pullTo(HubLocation.parse("org/tiny"), folder, PullProgress.NONE)).isEqualTo(folder);
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(WEIGHTS).isRegularFile();
        assertThat(this.directory.resolve("cache")).doesNotExist();
        this.hub.requests.clear();
        Files.writeString(folder.resolve("tokenizer.json"), "{\"a\":2}");
        puller().pullTo(HubLocation.parse("org/tiny"), folder, PullProgress.NONE);
        assertThat(folder.resolve("tokenizer.json")).as("repaired").hasContent("{\"a\":1}");
        assertThat(this.hub.requests).noneMatch((request) -> request.startsWith("storage "));
    }

    @Test
    void pullToKeepsAWholeFileBesideWhatAnEarlierCallLeft() throws IOException {
        safetensors();
        Path folder = Files.createDirectory(this.directory.resolve("here"));
        Path left = folder.resolve("." + StubHub.sha256(WEIGHTS) + ".incomplete");
        Files.write(left, Arrays.copyOf(WEIGHTS, 123_456));
        Files.write(folder.resolve("model.safetensors"), WEIGHTS); // brought by hand
        puller().pullTo(HubLocation.parse("org/tiny"), folder, PullProgress.NONE);
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(left).doesNotExist();
    }

    @Test
    void fetchedModelIsFoundByItsName() {
        this.hub.file("tiny.gguf", GgufBuilder.model("llama").bytes());
        HubCache cache = new HubCache(this.directory.resolve("cache"));
        assertThatExceptionOfType(ModelFileException.class)
            .isThrownBy(() -> ModelDirectory.open("hf://org/tiny", cache))
            .withMessageContainingAll("hf://org/tiny", "not completely in", "cerberus pull org/tiny");
        pull("org/tiny");
        for (String location : List.of("hf://org/tiny", "hf://org/tiny:main", "hf://org/tiny:" + StubHub.COMMIT)) {
            ModelDirectory model = ModelDirectory.open(location, cache);
            assertThat(model.gguf()).isPresent();
            assertThat(model.name()).isEqualTo("tiny");
            assertThat(model.location()).isEqualTo(location);
        }
        assertThat(ModelDirectory.open("hf://org/tiny/tiny.gguf", cache).name()).isEqualTo("tiny");
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> ModelDirectory.open("hf://tiny", cache))
            .withMessageContaining("ORG/NAME");
    }

}

package dev.cerberus.sampleapp;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The browser of the host, if it has one.
 */
final class Chromium {

    private Chromium() {
    }

    /**
     * Starts a browser without a window, or skips the test.
     * @param profile an empty directory for the browser's data
     * @return the browser; the caller quits it
     */
    static ChromeDriver start(Path profile) {
        Optional<File> browser = onPath("chromium", "chromium-browser", "google-chrome");
        Optional<File> driver = onPath("chromedriver");
        assumeTrue(browser.isPresent() && driver.isPresent(),
                "This test needs chromium and chromedriver on the PATH; on Debian install chromium-driver");
        ChromeOptions options = new ChromeOptions().setBinary(browser.get());
        options.addArguments("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--window-size=1100,900", "--user-data-dir=" + profile);
        return new ChromeDriver(
                new ChromeDriverService.Builder().usingDriverExecutable(driver.get()).usingAnyFreePort().build(),
                options);
    }

    private static Optional<File> onPath(String... names) {
        String[] folders = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1);
        return Arrays.stream(names)
            .flatMap((name) -> Arrays.stream(folders).map((folder) -> new File(folder, name)))
            .filter(File::canExecute)
            .findFirst();
    }

}

package dev.cerberus.engine;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.hf.ModelFileException;
import dev.cerberus.hub.HubCache;
import dev.cerberus.hub.HubException;
import dev.cerberus.hub.HubLocation;
import dev.cerberus.hub.HubPull;
import dev.cerberus.hub.HubSettings;
import dev.cerberus.hub.PullProgress;
import dev.cerberus.model.ModelException;

/**
 * Opens models wherever they are, and fetches them first where that is allowed.
 */
final class ModelLocator {

    private static final Logger LOGGER = LoggerFactory.getLogger(ModelLocator.class);

    private static final double MEGABYTE = 1e6;

    private ModelLocator() {
    }

    /**
     * Opens the model of an engine.
     * @param location where it is
     * @param options how names on a hub are dealt with
     * @return the open model
     * @throws ModelFileException if it is not there, or not a model that is supported
     */
    static ModelDirectory open(String location, EngineOptions.HubOptions options) {
        if (!HubLocation.isOne(location.strip())) {
            return ModelDirectory.open(location);
        }
        try {
            HubSettings settings = settings(options);
            if (options.download()) {
                new HubPull(settings).pullIfMissing(HubLocation.parse(location.strip()), new LoggedProgress());
            }
            return ModelDirectory.open(location, new HubCache(settings.cache()));
        }
        catch (HubException ex) {
            throw new ModelFileException(location, ex.problem(), ex.action(), ex);
        }
    }

    private static HubSettings settings(EngineOptions.HubOptions options) {
        HubSettings settings = HubSettings.ofEnvironment();
        if (options.mirror().isPresent()) {
            settings = settings.withEndpoint(options.mirror().get());
        }
        return options.cache().isPresent() ? settings.withCache(path(options.cache().get())) : settings;
    }

    private static Path path(String cache) {
        try {
            return Path.of(cache);
        }
        catch (InvalidPathException ex) {
            throw new ModelException(Advice.of("The folder of fetched models '" + cache + "' is not a path",
                    Remedy.of("name a folder with", Setting.HUB_CACHE)), ex);
        }
    }

    /** Notes every tenth of a file. */
    private static final class LoggedProgress implements PullProgress {

        private String file = "";

        private long tenth;

        @Override
        public void advanced(String name, long done, long total) {
            long reached = (total == 0) ? 10 : 10 * done / total;
            if (name.equals(this.file) && reached == this.tenth) {
                return;
            }
            this.file = name;
            this.tenth = reached;
            LOGGER.info("Fetching {}: {} of {} MB", name, megabytes(done), megabytes(total));
        }

        private static String megabytes(long bytes) {
            return String.format(Locale.ROOT, "%.1f", bytes / MEGABYTE);
        }

    }

}

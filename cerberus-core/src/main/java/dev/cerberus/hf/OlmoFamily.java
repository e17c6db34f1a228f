package dev.cerberus.hf;

/**
 * OLMo 2 and 3: norms after attention and feed-forward part instead of before, queries
 * and keys normalised over all heads.
 */
abstract class OlmoFamily extends Family {

    OlmoFamily(JsonFile json) {
        super(json);
    }

    @Override
    double defaultRmsNormEps() {
        return 1e-5;
    }

    @Override
    double defaultRopeTheta() {
        return 500_000;
    }

    @Override
    ModelVariant variant(FamilySizes sizes) {
        return super.variant(sizes).withNorms(ModelVariant.NormPlacement.AFTER, false)
            .withQkNorm(ModelVariant.QkNorm.WIDTH);
    }

}

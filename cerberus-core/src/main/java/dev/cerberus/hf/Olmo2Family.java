package dev.cerberus.hf;

/**
 * OLMo 2: norms after attention and feed-forward part instead of before, queries and keys
 * normalised over all heads.
 */
class Olmo2Family extends Family {

    Olmo2Family(JsonFile json) {
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

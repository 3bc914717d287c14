using TrainService.Data.Augmentation;
using TrainService.Data.Preprocessing;
using TrainService.Data.Requests;

namespace TrainService.Data.Tests.Augmentation;

public sealed class AugmentRequestTests : IDisposable
{
    private readonly TestLibrary _library = new();

    public void Dispose() => _library.Dispose();

    [Fact]
    public async Task Only_training_rows_are_changed_in_every_epoch_anew()
    {
        const string Plain = """{"name": "synthetic-fashion", "limit": 60, "validation_split": 0.2, "preprocess": [{"type": "rescale", "scale": 2, "offset": -1}]}""";
        PreparedData plain = await _library.PrepareAsync(Plain), prepared = await _library.PrepareAsync(Plain.Replace("\"limit\"", "\"augment\": {\"rotation_range\": 20}, \"limit\"", StringComparison.Ordinal));
        prepared.Train.Inputs.Row(3).ShouldBe(plain.Train.Inputs.Row(3));
        prepared.Validation!.Inputs.Row(3).ShouldBe(plain.Validation!.Inputs.Row(3));
        AugmentedRows rows = prepared.Augmented.ShouldNotBeNull();
        rows.Count.ShouldBe(prepared.Train.Count);
        float[] first = Draw(rows, 0, 3), again = Draw(rows, 0, 3), second = Draw(rows, 1, 3);
        again.ShouldBe(first);
        second.ShouldNotBe(first);
        first.ShouldNotBe(plain.Train.Inputs.Row(3));
        // Preprocessed as all rows are.
        first.Min().ShouldBe(-1);
        Draw((await _library.PrepareAsync(Plain.Replace("\"limit\"", "\"augment\": {\"rotation_range\": 20}, \"limit\"", StringComparison.Ordinal), seed: 2)).Augmented!, 0, 3).ShouldNotBe(first);
        plain.Augmented.ShouldBeNull();
    }

    [Fact]
    public async Task Mixup_blends_pictures_and_shares()
    {
        PreparedData prepared = await _library.PrepareAsync("""{"name": "synthetic-fashion", "limit": 60, "preprocess": ["one_hot"], "augment": {"mixup": {"alpha": 1}}}""");
        AugmentedRows rows = prepared.Augmented!;
        float[] inputs = new float[rows.RowLength], targets = new float[rows.TargetLength];
        rows.Draw(4, 7, inputs, targets, rows.NewScratch());
        Mixing mixing = rows.MixingOf(4, 7)!.Value;
        float[] own = prepared.Train.Inputs.Row(7), other = prepared.Train.Inputs.Row(mixing.Partner);
        float[] ownTarget = prepared.Train.Targets.Row(7), otherTarget = prepared.Train.Targets.Row(mixing.Partner);
        for (int i = 0; i < own.Length; i++) inputs[i].ShouldBe((mixing.Share * own[i]) + ((1 - mixing.Share) * other[i]), 1e-5);
        for (int i = 0; i < targets.Length; i++) targets[i].ShouldBe((mixing.Share * ownTarget[i]) + ((1 - mixing.Share) * otherTarget[i]), 1e-5);
        targets.Sum().ShouldBe(1, 1e-5);
    }

    [Fact]
    public async Task What_Keras_rescales_and_standardizes_in_the_same_place_holds_for_all_rows_and_travels()
    {
        PreparedData prepared = await _library.PrepareAsync("""
            {"name": "synthetic-fashion", "limit": 60, "validation_split": 0.2, "preprocess": [{"type": "rescale", "scale": 3}],
             "augment": {"rescale": 0.0078431372549, "samplewise_center": true, "featurewise_std_normalization": true}}
            """);
        prepared.Augmented.ShouldBeNull();
        prepared.Preprocessing.Steps.Select(s => s.Type).ShouldBe(["rescale", "samplewise", "featurewise", "rescale"]);
        // 2 / 255 of stored values, which are multiplied by 1 / 255 anyway.
        prepared.Preprocessing.Steps[0].Multiply[0].ShouldBe(2, 1e-5f);
        prepared.Validation!.Inputs.Row(0).Average().ShouldBe(0, 0.1);
        FittedPreprocessing.FromJson(prepared.Preprocessing.ToJson()).Steps[1].CentersRow.ShouldBeTrue();
        (await _library.PrepareAsync("""{"name": "synthetic-fashion", "limit": 60, "augment": {"rescale": 0.00392156862745098}}""")).Preprocessing.Steps.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"name": "blobs", "augment": {"horizontal_flip": true}}""", "/dataset/augment")]
    [InlineData("""{"name": "synthetic-fashion", "augment": {"mixup": {}}}""", "/dataset/augment/mixup")]
    [InlineData("""{"name": "synthetic-fashion", "augment": {"zoom_range": 3}}""", "/dataset/augment/zoom_range")]
    public async Task What_cannot_be_is_refused(string request, string pointer)
        => (await _library.RefusalAsync(request)).ShouldHaveSingleItem().Pointer.ShouldBe(pointer);

    private static float[] Draw(AugmentedRows rows, int epoch, int row)
    {
        float[] inputs = new float[rows.RowLength], targets = new float[rows.TargetLength];
        rows.Draw(epoch, row, inputs, targets, rows.NewScratch());
        return inputs;
    }
}

namespace TrainService.Api.OpenApi;

/// <summary>What parameters mean: in one operation, else wherever they stand.</summary>
internal static class ParameterDocs
{
    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["id"] = "A job's id (job_…).",
        ["get_checkpoint.id"] = "A checkpoint's id (ckpt_…).",
        ["delete_checkpoint.id"] = "A checkpoint's id (ckpt_…).",
        ["checkpoint_weights.id"] = "A checkpoint's id (ckpt_…).",
        ["export_checkpoint.id"] = "A checkpoint's id (ckpt_…).",
        ["export_checkpoint.format"] = "safetensors, npz, keras, h5, tfjs or onnx; safetensors unless given.",
        ["precision"] = "float32, float16 or int8; float32 unless given.",
        ["calibrate"] = "For onnx with precision=int8: name of a dataset whose rows say what ranges activations have, which then are in 8 bits too.",
        ["fold_batch_normalization"] = "true to fold batch normalizations into the layers before them.",
        ["bundle"] = "true for a ZIP with the file, golden outputs and scripts.",
        ["edit_checkpoint.id"] = "A checkpoint's id (ckpt_…).",
        ["predict.id"] = "A checkpoint's id (ckpt_…).",
        ["histograms.id"] = "A checkpoint's id (ckpt_…).",
        ["explain.id"] = "A checkpoint's id (ckpt_…).",
        ["explain.format"] = "png or json; unless given png for pictures and json for the rest.",
        ["size"] = "Small pictures are enlarged until their shorter side has so many pixels: 1 to 2048, 224 unless given.",
        ["evaluate.id"] = "A checkpoint's id (ckpt_…).",
        ["after"] = "next of the page before.",
        ["limit"] = "How many at most: 1 to 200, 50 unless given.",
        ["job_events.after"] = "Events with a higher number.",
        ["job_events.type"] = "For pages: only events of this type (status, progress, epoch, checkpoint, warning or log), thinned out evenly over the whole log when there are more than limit; after is not looked at.",
        ["job_events.limit"] = "For pages: 1 to 1000, 100 unless given.",
        ["actor"] = "Only entries of this one: the id of an API key, local or anonymous.",
        ["audit.limit"] = "How many at most: 1 to 1000, 100 unless given.",
        ["status"] = "Only jobs with one of these statuses.",
        ["kind"] = "Only jobs of this kind.",
        ["label"] = "Only jobs with all of these labels: name, or name:value.",
        ["name"] = "A dataset's name.",
        ["list_jobs.name"] = "Only jobs whose name has this in it, in any case.",
        ["forked_from"] = "Only forks of this job.",
        ["parent"] = "Only jobs that this one had to succeed for.",
        ["chain"] = "Only the jobs of this chain, named by its first job.",
        ["sweep"] = "Only the trials of this sweep.",
        ["wait"] = "Seconds to wait for a change, 0 to 60; 0 unless given.",
        ["format"] = "json unless given.",
        ["docs.format"] = "html unless given.",
        ["max_points"] = "At most so many epochs, at least 2.",
        ["split"] = "train, validation or test; train unless given.",
        ["first"] = "Row to begin with, from 0.",
        ["rows"] = "How many: 1 to 100, 5 unless given.",
    };

    /// <summary>Null when nothing is said of it.</summary>
    public static string? Find(string operation, string parameter)
        => Texts.GetValueOrDefault($"{operation}.{parameter}") ?? Texts.GetValueOrDefault(parameter);
}

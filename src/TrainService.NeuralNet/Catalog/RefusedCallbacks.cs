namespace TrainService.NeuralNet.Catalog;

/// <summary>Keras's callbacks that a job can't hold, because they are code or because something else does their work here.</summary>
internal static class RefusedCallbacks
{
    private const string Code = "holds Python code, and the service runs none.";

    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["LearningRateScheduler"] = $"LearningRateScheduler {Code} Name a schedule instead: exponential, step, piecewise_constant …, with \"unit\": \"epoch\", "
            + "or custom for any list of points.",
        ["LambdaCallback"] = $"LambdaCallback {Code}",
        ["ModelCheckpoint"] = "Checkpoints are saved anyway: \"checkpoint\" beside \"callbacks\" says when, and which are kept.",
        ["BackupAndRestore"] = "A job that is interrupted is taken up again anyway.",
        ["TerminateOnNaN"] = "A job whose loss is no finite number ends anyway, and nothing of it is saved.",
        ["TensorBoard"] = "What a job measures is in its events, and in GET /jobs/{id}/metrics.",
        ["CSVLogger"] = "GET /jobs/{id}/metrics?format=csv gives the table.",
        ["ProgbarLogger"] = "Progress is in the job's events.",
        ["History"] = "GET /jobs/{id}/metrics gives the history.",
        ["RemoteMonitor"] = "Follow the job's events instead: GET /jobs/{id}/events.",
        ["SwapEMAWeights"] = "Validation looks at the weights themselves; the moving average takes their place when training ends.",
    };
}

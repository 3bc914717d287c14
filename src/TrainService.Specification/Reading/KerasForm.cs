using System.Text.Json;

namespace TrainService.Specification.Reading;

/// <summary>What Keras writes around and into a serialized object: <c>{"class_name", "config", "module", "registered_name", …}</c>.</summary>
public static class KerasForm
{
    /// <summary>The keys that every serialized object has.</summary>
    public const string ClassName = "class_name", Config = "config";

    /// <summary>Written beside class_name and config.</summary>
    private static readonly HashSet<string> Beside = new(StringComparer.Ordinal)
    {
        "module", "registered_name", "build_config", "compile_config", "shared_object_id", "name", "keras_version", "backend", "inbound_nodes",
    };

    /// <summary>Written into a config: about Keras's own machinery, without an effect on the numbers here.</summary>
    private static readonly HashSet<string> Machinery = new(StringComparer.Ordinal)
    {
        "name", "dtype", "module", "registered_name", "build_config", "build_input_shape", "seed", "verbose", "autocast", "jit_compile",
        "is_legacy_optimizer", "shared_object_id", "renorm_momentum",
    };

    /// <summary>Ask for what is done anyway; any other value would ask for something else.</summary>
    private static readonly Dictionary<string, string[]> Usual = new(StringComparer.Ordinal)
    {
        ["trainable"] = ["true"], ["data_format"] = ["\"channels_last\""], ["groups"] = ["1"], ["fill_mode"] = ["\"constant\""], ["fill_value"] = ["0.0"],
        // The loss of a batch is the mean over its rows; "auto" and "mean" are other words for that.
        ["reduction"] = ["\"sum_over_batch_size\"", "\"mean\"", "\"auto\""],
        // Losses, metrics and what goes over rows: the last axis.
        ["axis"] = ["-1", "[-1]"], ["class_aggregation"] = ["\"uniform_average\""], ["num_regressors"] = ["0"],
    };

    /// <summary>"Adam" of "Keras&gt;Adam" and of "Custom&gt;Adam", as which versions 2.11 and 2.12 registered their own optimizers.</summary>
    public static string WithoutPackage(string className, string category)
    {
        foreach (string package in category == "optimizer" ? (string[])["Keras>", "Custom>"] : ["Keras>"])
            if (className.StartsWith(package, StringComparison.Ordinal))
                return className[package.Length..];
        return className;
    }

    /// <summary>True for what Keras writes beside <see cref="ClassName"/> and <see cref="Config"/>.</summary>
    public static bool MayStandBeside(string key) => Beside.Contains(key);

    /// <summary>True when a key that the component doesn't know asks for nothing: null and false switch a feature off in Keras's configs.</summary>
    public static bool MeansNothing(string key, JsonElement value)
        => Machinery.Contains(key)
            || value.ValueKind == JsonValueKind.Null
            || (value.ValueKind == JsonValueKind.False && key != "trainable")
            || (Usual.TryGetValue(key, out string[]? usual) && usual.Contains(value.GetRawText(), StringComparer.Ordinal));

    /// <summary>What a key of Keras's configs has to be where a component does not take it as an argument; null when it is no such key.</summary>
    public static string? OnlyAsUsual(string? key) => key is not (null or "trainable") && Usual.TryGetValue(key, out string[]? usual) ? string.Join(" or ", usual) : null;
}

using System.Text.Json.Serialization;

namespace TrainService.Api.Keys;

/// <summary>What a key may do; each scope includes those before it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KeyScope>))]
internal enum KeyScope
{
    /// <summary>Look at everything, check a job without storing it, predict and evaluate.</summary>
    Read,

    /// <summary>Also submit, steer and change jobs, and upload datasets and checkpoints.</summary>
    Submit,

    /// <summary>Also delete, and read who did what.</summary>
    Admin,
}

internal static class KeyScopes
{
    public static string Word(this KeyScope scope) => scope.ToString().ToLowerInvariant();

    /// <summary>Null when it is none.</summary>
    public static KeyScope? Parse(string word)
        => Enum.GetValues<KeyScope>().Select(s => (KeyScope?)s).FirstOrDefault(s => s!.Value.Word() == word);
}

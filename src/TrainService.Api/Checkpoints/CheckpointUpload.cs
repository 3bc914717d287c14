using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using TrainService.Api.Http;
using TrainService.Api.Problems;
using TrainService.Specification;

namespace TrainService.Api.Checkpoints;

/// <summary>A model and its weights, in one file or two, as a multipart upload, the parts in any order; the weights wait on disk until this is disposed.</summary>
internal sealed class CheckpointUpload : IAsyncDisposable
{
    private const int LongestPart = 8 << 20;

    private readonly Dictionary<string, string> _description = new(StringComparer.Ordinal);
    private FileStream? _weights;

    private CheckpointUpload()
    {
    }

    public string FileName { get; private set; } = "";

    public Stream Weights => _weights!;

    /// <summary>Everything but the weights, as one JSON object.</summary>
    public JsonBody Description() => JsonBody.Parse(Encoding.UTF8.GetBytes(
        $"{{{string.Join(',', _description.Select(p => $"\"{p.Key}\":{p.Value}"))}}}"));

    /// <summary>Throws <see cref="ProblemException"/>: 400, 413, 415, 422.</summary>
    /// <param name="folder">Where the weights wait; made when it isn't there.</param>
    public static async Task<CheckpointUpload> ReadAsync(HttpRequest request, string folder, long limit, CancellationToken ct)
    {
        var upload = new CheckpointUpload();
        try
        {
            await MultipartBody.ReadAsync(request, limit, "multipart/form-data with a part weights, and optionally model, loss, classes, preprocess, mapping and layout",
                (part, section) => upload.TakeAsync(part, section, folder, ct), ct);
            upload.RequireParts();
            upload._weights!.Position = 0;
            return upload;
        }
        catch
        {
            await upload.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _weights?.DisposeAsync() ?? default;

    private async Task TakeAsync(string part, MultipartSection section, string folder, CancellationToken ct)
    {
        if (_description.ContainsKey(part) || (part == "weights" && _weights is not null))
            throw MultipartBody.Bad($"There are two parts '{part}'.");
        switch (part)
        {
            case "model" or "loss" or "classes" or "preprocess" or "mapping" or "layout":
                _description[part] = Json(await MultipartBody.TextAsync(section, part, LongestPart, ct), part);
                break;
            case "weights":
                FileName = MultipartBody.FileName(section);
                _weights = MultipartBody.NewFile(folder);
                await MultipartBody.CopyAsync(section, _weights, FileName, ct);
                break;
            default:
                throw MultipartBody.Bad($"There is a part '{part}'; the parts are model, weights, loss, classes, preprocess, mapping and layout.");
        }
    }

    // A loss and the like may be a bare word, without the quotes of JSON.
    private static string Json(string text, string part)
    {
        if (part is "loss" or "classes" or "preprocess" or "mapping" or "layout" && text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) return $"\"{text}\"";
        JsonBody.Parse(Encoding.UTF8.GetBytes(text)).Dispose();
        return text;
    }

    private void RequireParts()
    {
        if (_weights is null)
            throw new ProblemException(ProblemOf.InvalidSpec([new SpecError("/weights", "required", "The part weights is missing: what Keras saves (.keras, .h5, .weights.h5), ONNX, safetensors or NPZ.")], "checkpoint"));
    }
}

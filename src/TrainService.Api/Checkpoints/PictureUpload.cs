using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using TrainService.Api.Http;
using TrainService.Api.Problems;
using TrainService.Specification;
using TrainService.Training.Inference;

namespace TrainService.Api.Checkpoints;

/// <summary>Pictures to predict on: multipart parts <c>image</c>, and one of options as JSON, <c>spec</c>. Pictures are few and stay in memory.</summary>
internal sealed class PictureUpload
{
    private const int MostPictures = 64, LongestSpec = 1 << 16;
    private const long MaxPictureBytes = 32 << 20;

    private readonly List<PictureInput> _pictures = [];

    public IReadOnlyList<PictureInput> Pictures => _pictures;

    /// <summary>An object.</summary>
    public string Options { get; private set; } = "{}";

    public static bool Is(HttpRequest request) => request.ContentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Throws <see cref="ProblemException"/>: 400, 413, 415, 422.</summary>
    public static async Task<PictureUpload> ReadAsync(HttpRequest request, long limit, CancellationToken ct)
    {
        PictureUpload upload = new();
        await MultipartBody.ReadAsync(request, limit, "application/json, or multipart/form-data with parts image and optionally spec",
            (part, section) => upload.TakeAsync(part, section, ct), ct);
        return upload._pictures.Count > 0 ? upload
            : throw new ProblemException(ProblemOf.InvalidSpec([new SpecError("/image", "required", "The part image is missing: a JPEG or PNG file.")], "question"));
    }

    private async Task TakeAsync(string part, MultipartSection section, CancellationToken ct)
    {
        switch (part)
        {
            case "spec":
                Options = await MultipartBody.TextAsync(section, part, LongestSpec, ct);
                break;
            case "image":
                if (_pictures.Count == MostPictures) throw MultipartBody.Bad($"A question may have {MostPictures} pictures.");
                string name = MultipartBody.FileName(section);
                _pictures.Add(new PictureInput(name, await MultipartBody.BytesAsync(section, name, MaxPictureBytes, ct)));
                break;
            default:
                throw MultipartBody.Bad($"There is a part '{part}'; the parts are image and spec.");
        }
    }

    /// <summary>The options, read.</summary>
    public JsonBody ParseOptions() => JsonBody.Parse(Encoding.UTF8.GetBytes(Options));
}

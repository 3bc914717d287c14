using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using TrainService.Api.Http;
using TrainService.Api.Problems;
using TrainService.Data.Import;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Api.Datasets;

/// <summary>A multipart upload, its parts in any order: files go to disk as they arrive and are gone when this is disposed.</summary>
internal sealed class DatasetUpload : IAsyncDisposable
{
    private const int LongestName = 200;
    private const int LongestSpec = 1 << 20;
    private const int MostFiles = 16;
    private static readonly Vocabulary NoComponents = new();

    private readonly List<UploadedFile> _files = [];

    private DatasetUpload()
    {
    }

    public string Name { get; private set; } = "";

    public ImportOptions Options { get; private set; } = ImportOptions.From(NoComponents.Defaults(ImportOptions.Arguments));

    public IReadOnlyList<UploadedFile> Files => _files;

    /// <summary>Removes what uploads left whose process was killed. Only before the first one.</summary>
    public static void Clear(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>Throws <see cref="ProblemException"/>: 400, 413, 415, 422.</summary>
    /// <param name="folder">Where files wait; made when it isn't there.</param>
    public static async Task<DatasetUpload> ReadAsync(HttpRequest request, string folder, long limit, CancellationToken ct)
    {
        string boundary = Boundary(request);
        if (request.ContentLength > limit)
            throw new ProblemException(ProblemOf.TooLarge($"An upload may have {limit:N0} bytes; this one has {request.ContentLength:N0}."));
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = limit;
        Directory.CreateDirectory(folder);
        var upload = new DatasetUpload();
        try
        {
            var reader = new MultipartReader(boundary, request.Body);
            while (await ReadSectionAsync(reader, ct) is { } section)
                await upload.TakeAsync(section, folder, ct);
            upload.RequireParts();
            foreach (UploadedFile file in upload._files)
                file.Content.Position = 0;
            return upload;
        }
        catch
        {
            await upload.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (UploadedFile file in _files)
            await file.Content.DisposeAsync();
    }

    private static string Boundary(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            throw new ProblemException(ProblemOf.UnsupportedMediaType(request.ContentType, "multipart/form-data with parts name, file and optionally spec"));
        string? boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        return boundary is { Length: > 0 and <= 100 } ? boundary : throw Bad("The Content-Type has no boundary, or one of over 100 characters.");
    }

    private static async Task<MultipartSection?> ReadSectionAsync(MultipartReader reader, CancellationToken ct)
    {
        try
        {
            return await reader.ReadNextSectionAsync(ct);
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw Bad($"The multipart body is broken: {e.Message}");
        }
    }

    private async Task TakeAsync(MultipartSection section, string folder, CancellationToken ct)
    {
        if (section.GetContentDispositionHeader() is not { } disposition)
            throw Bad("A part of the body has no Content-Disposition.");
        string part = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
        switch (part)
        {
            case "name":
                Name = await TextAsync(section, part, LongestName, ct);
                break;
            case "spec":
                Options = ReadOptions(await TextAsync(section, part, LongestSpec, ct));
                break;
            case "file":
                string fileName = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value ?? "file";
                await TakeFileAsync(section, Path.GetFileName(fileName), folder, ct);
                break;
            default:
                throw Bad($"There is a part '{part}'; the parts are name, file and spec.");
        }
    }

    private async Task TakeFileAsync(MultipartSection section, string fileName, string folder, CancellationToken ct)
    {
        if (_files.Count == MostFiles)
            throw Bad($"An upload may have {MostFiles} files.");
        var file = new FileStream(Path.Combine(folder, $"{Guid.NewGuid():N}.part"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None,
            bufferSize: 1 << 16, FileOptions.Asynchronous | FileOptions.DeleteOnClose | FileOptions.SequentialScan);
        _files.Add(new UploadedFile(fileName, file));
        var buffer = new byte[1 << 16];
        while (await ReadAsync(section.Body, buffer, fileName, ct) is var length && length > 0)
            await file.WriteAsync(buffer.AsMemory(0, length), ct);
    }

    // Only what is read can be the sender's fault; a write that fails is ours.
    private static async Task<int> ReadAsync(Stream body, byte[] buffer, string fileName, CancellationToken ct)
    {
        try
        {
            return await body.ReadAsync(buffer, ct);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw Bad($"The multipart body ends within the file '{fileName}'.");
        }
    }

    private static async Task<string> TextAsync(MultipartSection section, string part, int longest, CancellationToken ct)
    {
        using var reader = new StreamReader(section.Body, new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true));
        var text = new char[longest + 1];
        try
        {
            int length = await reader.ReadBlockAsync(text, ct);
            return length <= longest ? new string(text, 0, length).Trim() : throw Bad($"The part '{part}' may have {longest:N0} characters.");
        }
        catch (System.Text.DecoderFallbackException)
        {
            throw Bad($"The part '{part}' is not UTF-8.");
        }
    }

    private static ImportOptions ReadOptions(string json)
    {
        if (json.Length == 0)
            return ImportOptions.From(NoComponents.Defaults(ImportOptions.Arguments));
        using JsonBody body = JsonBody.Parse(System.Text.Encoding.UTF8.GetBytes(json));
        var errors = new SpecErrors();
        Arguments arguments = new SpecReader(NoComponents, errors).ReadObject(body.Root, ImportOptions.Arguments, "/spec");
        return errors.Any ? throw new ProblemException(ProblemOf.InvalidSpec(errors.All, "upload")) : ImportOptions.From(arguments);
    }

    private void RequireParts()
    {
        var errors = new List<SpecError>();
        if (Name.Length == 0)
            errors.Add(new("/name", "required", "The part name is missing: how jobs will ask for the dataset."));
        if (_files.Count == 0)
            errors.Add(new("/file", "required", "The part file is missing."));
        if (errors.Count > 0)
            throw new ProblemException(ProblemOf.InvalidSpec(errors, "upload"));
    }

    private static ProblemException Bad(string detail) => new(ProblemOf.BadRequest(detail));
}

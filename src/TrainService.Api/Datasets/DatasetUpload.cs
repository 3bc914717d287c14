using Microsoft.AspNetCore.WebUtilities;
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
    /// <param name="unusedFor">Younger files may belong to an upload that another process is taking.</param>
    public static void Clear(string folder, TimeSpan unusedFor)
    {
        if (!Directory.Exists(folder))
            return;
        DateTime before = DateTime.UtcNow - unusedFor;
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToList())
            if (unusedFor == TimeSpan.Zero || File.GetLastWriteTimeUtc(file) < before)
                File.Delete(file);
    }

    /// <summary>Throws <see cref="ProblemException"/>: 400, 413, 415, 422.</summary>
    /// <param name="folder">Where files wait; made when it isn't there.</param>
    public static async Task<DatasetUpload> ReadAsync(HttpRequest request, string folder, long limit, CancellationToken ct)
    {
        var upload = new DatasetUpload();
        try
        {
            await MultipartBody.ReadAsync(request, limit, "multipart/form-data with parts name, file and optionally spec",
                (part, section) => upload.TakeAsync(part, section, folder, ct), ct);
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

    private async Task TakeAsync(string part, MultipartSection section, string folder, CancellationToken ct)
    {
        switch (part)
        {
            case "name":
                Name = await MultipartBody.TextAsync(section, part, LongestName, ct);
                break;
            case "spec":
                Options = ReadOptions(await MultipartBody.TextAsync(section, part, LongestSpec, ct));
                break;
            case "file":
                if (_files.Count == MostFiles)
                    throw MultipartBody.Bad($"An upload may have {MostFiles} files.");
                string fileName = MultipartBody.FileName(section);
                FileStream file = MultipartBody.NewFile(folder);
                _files.Add(new UploadedFile(fileName, file));
                await MultipartBody.CopyAsync(section, file, fileName, ct);
                break;
            default:
                throw MultipartBody.Bad($"There is a part '{part}'; the parts are name, file and spec.");
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
}

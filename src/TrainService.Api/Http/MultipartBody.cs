using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using TrainService.Api.Problems;

namespace TrainService.Api.Http;

/// <summary>A multipart/form-data body, part by part as it arrives. What is wrong with it is a <see cref="ProblemException"/>: 400, 413 or 415.</summary>
internal static class MultipartBody
{
    /// <summary>Calls <paramref name="take"/> for each part, with its name.</summary>
    /// <param name="limit">Most bytes of the whole body.</param>
    /// <param name="expected">What the body should be, for the 415.</param>
    public static async Task ReadAsync(HttpRequest request, long limit, string expected, Func<string, MultipartSection, Task> take, CancellationToken ct)
    {
        string boundary = Boundary(request, expected);
        if (request.ContentLength > limit)
            throw new ProblemException(ProblemOf.TooLarge($"An upload may have {limit:N0} bytes; this one has {request.ContentLength:N0}."));
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = limit;
        var reader = new MultipartReader(boundary, request.Body);
        while (await NextAsync(reader, ct) is { } section)
        {
            if (section.GetContentDispositionHeader() is not { } disposition)
                throw Bad("A part of the body has no Content-Disposition.");
            await take(HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "", section);
        }
    }

    /// <summary>A part that is a short text, trimmed.</summary>
    /// <param name="longest">In characters.</param>
    public static async Task<string> TextAsync(MultipartSection section, string part, int longest, CancellationToken ct)
    {
        using var reader = new StreamReader(section.Body, new UTF8Encoding(false, throwOnInvalidBytes: true));
        var text = new char[longest + 1];
        try
        {
            int length = await reader.ReadBlockAsync(text, ct);
            return length <= longest ? new string(text, 0, length).Trim() : throw Bad($"The part '{part}' may have {longest:N0} characters.");
        }
        catch (DecoderFallbackException)
        {
            throw Bad($"The part '{part}' is not UTF-8.");
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw Bad($"The multipart body ends within the part '{part}'.");
        }
    }

    /// <summary>What the sender calls the file, without folders.</summary>
    public static string FileName(MultipartSection section)
    {
        ContentDispositionHeaderValue disposition = section.GetContentDispositionHeader()!;
        return Path.GetFileName(HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value ?? "file");
    }

    /// <summary>A file that its bytes can go to; gone when it is closed.</summary>
    public static FileStream NewFile(string folder)
    {
        Directory.CreateDirectory(folder);
        return new FileStream(Path.Combine(folder, $"{Guid.NewGuid():N}.part"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None,
            bufferSize: 1 << 16, FileOptions.Asynchronous | FileOptions.DeleteOnClose | FileOptions.SequentialScan);
    }

    /// <summary>Writes a part's bytes to the file.</summary>
    public static async Task CopyAsync(MultipartSection section, FileStream file, string fileName, CancellationToken ct)
    {
        var buffer = new byte[1 << 16];
        while (await ReadAsync(section.Body, buffer, fileName, ct) is var length && length > 0)
            await file.WriteAsync(buffer.AsMemory(0, length), ct);
    }

    /// <summary>A part's bytes, in memory.</summary>
    public static async Task<byte[]> BytesAsync(MultipartSection section, string fileName, long limit, CancellationToken ct)
    {
        using MemoryStream bytes = new();
        var buffer = new byte[1 << 16];
        while (await ReadAsync(section.Body, buffer, fileName, ct) is var length && length > 0)
        {
            if (bytes.Length + length > limit) throw new ProblemException(ProblemOf.TooLarge($"'{fileName}' has more than {limit:N0} bytes."));
            bytes.Write(buffer, 0, length);
        }

        return bytes.ToArray();
    }

    public static ProblemException Bad(string detail) => new(ProblemOf.BadRequest(detail));

    private static string Boundary(HttpRequest request, string expected)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            throw new ProblemException(ProblemOf.UnsupportedMediaType(request.ContentType, expected));
        string? boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        return boundary is { Length: > 0 and <= 100 } ? boundary : throw Bad("The Content-Type has no boundary, or one of over 100 characters.");
    }

    private static async Task<MultipartSection?> NextAsync(MultipartReader reader, CancellationToken ct)
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

    // Only what is read can be the sender's fault; a write that fails is ours.
    private static async Task<int> ReadAsync(Stream body, byte[] buffer, string fileName, CancellationToken ct)
    {
        try
        {
            return await body.ReadAsync(buffer, ct);
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw Bad($"The multipart body ends within the file '{fileName}'.");
        }
    }
}

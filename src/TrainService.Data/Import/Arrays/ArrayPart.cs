using TrainService.Data.Storage;

namespace TrainService.Data.Import.Arrays;

/// <summary>The arrays of one part of an upload.</summary>
internal sealed record ArrayPart(Part Part, ArraySource X, ArraySource Y, ArraySource? Weights);

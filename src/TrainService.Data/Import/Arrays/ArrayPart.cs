using TrainService.Data.Storage;

namespace TrainService.Data.Import.Arrays;

/// <summary>The arrays of one part of an upload.</summary>
/// <param name="Y">Null where nothing is labelled, in any part.</param>
internal sealed record ArrayPart(Part Part, ArraySource X, ArraySource? Y, ArraySource? Weights);

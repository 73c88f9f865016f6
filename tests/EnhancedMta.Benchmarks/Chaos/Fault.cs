namespace EnhancedMta.Benchmarks.Chaos;

/// <summary>A kind of fault, for the tally.</summary>
/// <param name="Where">What it happens to: processes, storage, SMTP …</param>
/// <param name="What">Happens.</param>
/// <param name="MayRepeat">After it nobody can know whether a message went out: it explains one that comes twice.</param>
internal readonly record struct Fault(string Where, string What, bool MayRepeat = false);

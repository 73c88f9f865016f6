namespace EnhancedMta.Benchmarks.Commands;

/// <summary>What a measurement needs, said before it starts rather than found in its figures.</summary>
internal static class Requirements
{
    /// <exception cref="InvalidOperationException">This is another system.</exception>
    public static void Linux(string why)
    {
        if (!OperatingSystem.IsLinux())
            throw new InvalidOperationException($"This needs Linux: {why}.");
    }

    /// <summary>Warns of a build whose speed tells nothing.</summary>
    /// <param name="document">What its figures would be written to; null for nothing.</param>
    /// <exception cref="InvalidOperationException">It is a Debug build, and its figures would be written.</exception>
    public static void ReleaseBuild(string? document)
    {
#if DEBUG
        Console.Error.WriteLine("This is a Debug build, whose figures tell nothing: use dotnet run -c Release.");
        if (document is not null)
            throw new InvalidOperationException("Such figures are written to no document.");
#else
        _ = document;
#endif
    }
}

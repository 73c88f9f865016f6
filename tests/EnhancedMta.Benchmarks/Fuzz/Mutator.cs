namespace EnhancedMta.Benchmarks.Fuzz;

/// <summary>Makes inputs that are nearly right, and less and less so.</summary>
internal static class Mutator
{
    private const int MostMutations = 12;
    private const int LongRun = 4_000;

    public static byte[] Make(FuzzTarget target, Random random)
    {
        var input = new List<byte>(target.Seeds[random.Next(target.Seeds.Count)]);
        // Mostly few: what is far from right is refused at once and shows nothing.
        for (var left = 1 + (int)(random.NextDouble() * random.NextDouble() * MostMutations); left > 0; left--)
            Mutate(input, target, random);
        if (input.Count > target.MaxLength)
            input.RemoveRange(target.MaxLength, input.Count - target.MaxLength);
        return [.. input];
    }

    private static void Mutate(List<byte> input, FuzzTarget target, Random random)
    {
        var at = random.Next(input.Count + 1);
        var length = Math.Min(input.Count - at, 1 + (int)(random.NextDouble() * random.NextDouble() * input.Count));
        switch (random.Next(10))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = (byte)random.Next(256);
                break;
            case 2:
                input.InsertRange(at, target.Words[random.Next(target.Words.Count)]);
                break;
            case 3:
                input.RemoveRange(at, length);
                break;
            case 4:
                input.InsertRange(at, input.GetRange(at, length));
                break;
            case 5:
                // The head of one and the tail of another.
                var other = target.Seeds[random.Next(target.Seeds.Count)];
                input.RemoveRange(at, input.Count - at);
                input.AddRange(other.AsSpan(random.Next(other.Length + 1)));
                break;
            case 6:
                var noise = new byte[random.Next(1, 40)];
                random.NextBytes(noise);
                input.InsertRange(at, noise);
                break;
            case 7 when at < input.Count:
                input.InsertRange(at, Enumerable.Repeat(input[at], random.Next(1, LongRun)));
                break;
            case 8:
                var word = target.Words[random.Next(target.Words.Count)];
                for (var times = random.Next(1, 200); times > 0; times--)
                    input.InsertRange(at, word);
                break;
            default:
                input.RemoveRange(at, input.Count - at);
                break;
        }
    }
}

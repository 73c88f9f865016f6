namespace EnhancedMta.Paths.Slices;

/// <summary>
/// Who may send how much of a path's messages per hour, and when. Pure: part of the path's row, changed with it by ETag.
/// </summary>
/// <remarks>
/// What was let through (<see cref="Take"/>) is what the limit is held by. What was planned (<see cref="Plan"/>) only says when to come back,
/// so that nothing is asked for in vain; who comes back in its slice has a right to room before those who just came. A party that has less
/// than an equal share may plan, and take, where one with more had planned: a small delivery does not wait for the last of a large one,
/// and an urgent one waits for nobody. Those who find their room taken plan anew.
/// </remarks>
internal sealed class SliceBook
{
    /// <summary>Parties that a slice tells apart; further ones of the same kind count as one. Keeps the row small.</summary>
    internal const int MaxParties = 8;

    /// <summary>Slices beyond this one, from now, do not tell parties apart.</summary>
    private const int MaxDetailed = 300;

    /// <summary>What comes back in a slice does so in its first minutes; in the last one room goes to whoever is there.</summary>
    private static readonly TimeSpan Spread = TimeSpan.FromMinutes(4);

    private const byte Format = 1;

    private readonly SortedDictionary<long, List<SliceShare>> _slices = [];

    /// <summary>Nothing is kept.</summary>
    public bool IsEmpty => _slices.Count == 0;

    /// <summary>Messages let through in the slice.</summary>
    public int Used(Slice slice) => _slices.TryGetValue(slice.Number, out var shares) ? shares.Sum(s => s.Used) : 0;

    /// <summary>Of these, those of marketing mail.</summary>
    public int UsedByUsual(Slice slice) => _slices.TryGetValue(slice.Number, out var shares) ? shares.Where(s => !s.IsUrgent).Sum(s => s.Used) : 0;

    /// <summary>Messages that are to come back in the slice.</summary>
    public int Planned(Slice slice) => _slices.TryGetValue(slice.Number, out var shares) ? shares.Sum(s => s.Planned) : 0;

    /// <summary>What a party is to send later, and the last slice of it.</summary>
    public (int Count, Slice? Last) PlannedOf(Party party)
    {
        var (count, last) = (0, (Slice?)null);
        foreach (var (number, shares) in _slices)
        {
            if (shares.Find(s => s.Party == party) is { Planned: > 0 } own)
                (count, last) = (count + own.Planned, new Slice(number));
        }

        return (count, last);
    }

    /// <summary>Messages that are to come back, in any slice.</summary>
    public int AllPlanned => _slices.Values.Sum(shares => shares.Sum(s => s.Planned));

    /// <summary>The last slice that something is planned for; null when nothing is.</summary>
    public Slice? LastPlanned => _slices.Where(s => s.Value.Exists(share => share.Planned > 0)).Select(s => (Slice?)new Slice(s.Key)).LastOrDefault();

    /// <summary>Lets messages through in the slice that is now.</summary>
    /// <param name="now">Decides the slice.</param>
    /// <param name="limit">Of the slice, in messages.</param>
    /// <param name="party">Whose messages.</param>
    /// <param name="wanted">How many.</param>
    /// <param name="returning">Those among them that had planned to come in this slice.</param>
    /// <param name="spare">How many more it would keep for its next messages.</param>
    /// <returns>How many may go; more than <paramref name="wanted"/> only when there is plenty of room.</returns>
    public int Take(DateTimeOffset now, int limit, Party party, int wanted, int returning = 0, int spare = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(wanted);
        Forget(now);
        var slice = Slice.At(now);
        var shares = Shares(slice);
        var own = Own(shares, party, slice, now);
        var back = Math.Min(Math.Min(returning, wanted), own.Planned);
        own.Planned -= back;
        var free = Math.Max(0, limit - shares.Sum(s => s.Used));
        var late = now + (Slice.Length - Spread) >= slice.End;

        // Those that planned to be here, leaving others theirs; then newcomers, who also leave what their own party planned.
        var granted = 0;
        granted = Within(back, 0);
        granted += Within(wanted - back, late ? 0 : own.Planned);
        if (granted == wanted && spare > 0 && shares.TrueForAll(s => s.Planned == 0))
            granted += Math.Min(spare, (free - granted) / 16);
        own.Used += granted;
        if (own is { Used: 0, Planned: 0 })
            shares.Remove(own);
        return granted;

        int Within(int count, int ownClaim)
        {
            if (count <= 0)
                return 0;
            var others = shares.Where(s => s != own && (party.IsUrgent == s.IsUrgent || s.IsUrgent)).ToList();
            var peers = others.Count(s => s.IsUrgent == party.IsUrgent) + 1;
            var urgent = party.IsUrgent ? 0 : others.Where(s => s.IsUrgent).Sum(s => s.Used + s.Planned);
            var fair = Math.Max(0, limit - urgent) / peers;
            var left = free - granted - ownClaim;
            // Up to an equal share a party takes even what others planned beyond theirs; beyond it only what nobody planned.
            var toShare = late ? 0 : others.Sum(s => s.IsUrgent && !party.IsUrgent ? s.Planned : Math.Min(s.Planned, Math.Max(0, fair - s.Used)));
            var toAll = late ? 0 : others.Sum(s => s.Planned);
            var first = Math.Clamp(Math.Min(fair - own.Used - granted, left - toShare), 0, count);
            return first + Math.Clamp(left - first - toAll, 0, count - first);
        }
    }

    /// <summary>Transactional mail takes room that marketing mail was let through with and has not used: of those first that have most.</summary>
    /// <returns>How much of it is the party's then.</returns>
    public int TakeOver(DateTimeOffset now, Party party, int count)
    {
        Forget(now);
        var slice = Slice.At(now);
        var shares = Shares(slice);
        var own = Own(shares, party, slice, now);
        var left = count;
        foreach (var share in shares.Where(s => !s.IsUrgent).OrderByDescending(s => s.Used))
        {
            var taken = Math.Min(left, share.Used);
            (share.Used, own.Used, left) = (share.Used - taken, own.Used + taken, left - taken);
        }

        return count - left;
    }

    /// <summary>Says when messages should come back that may not go now.</summary>
    /// <param name="now">Plans for later slices only.</param>
    /// <param name="limit">Of a slice, in messages.</param>
    /// <param name="party">Whose messages.</param>
    /// <param name="count">How many.</param>
    /// <param name="expires">What finds no room until then is not planned.</param>
    /// <returns>In the order of time.</returns>
    public IReadOnlyList<PlannedRoom> Plan(DateTimeOffset now, Func<Slice, int> limit, Party party, int count, DateTimeOffset expires)
    {
        Forget(now);
        var planned = new List<PlannedRoom>();
        for (var slice = Slice.At(now) + 1; count > 0 && slice.Start < expires; slice += 1)
        {
            var most = limit(slice);
            var taken = _slices.TryGetValue(slice.Number, out var shares) ? shares.Sum(s => s.Planned + s.Used) : 0;
            var room = Math.Max(most - taken, Contested(shares, party, most));
            if (room <= 0)
                continue;
            var here = Math.Min(room, count);
            Own(Shares(slice), party, slice, now).Planned += here;
            count -= here;
            planned.Add(new PlannedRoom(slice, Due(slice, party, taken, most), here));
        }

        return planned;
    }

    /// <summary>Plans for the slice that is now, as far as nobody used its room or planned for it: these messages lack only connections.</summary>
    /// <returns>How many are planned.</returns>
    public int PlanHere(DateTimeOffset now, int limit, Party party, int count)
    {
        Forget(now);
        var slice = Slice.At(now);
        var here = Math.Clamp(limit - Used(slice) - Planned(slice), 0, count);
        if (here > 0)
            Own(Shares(slice), party, slice, now).Planned += here;
        return here;
    }

    /// <summary>Messages that planned for a slice and do not come: they failed, expired or went by another path.</summary>
    public void GiveUp(Slice slice, Party party, int count)
    {
        if (_slices.TryGetValue(slice.Number, out var shares) && shares.Find(s => s.Party == party) is { } own)
            own.Planned = Math.Max(0, own.Planned - count);
    }

    /// <summary>Room that was taken in the slice and not used.</summary>
    public void GiveBack(Slice slice, Party party, int count)
    {
        if (_slices.TryGetValue(slice.Number, out var shares) && shares.Find(s => s.Party == party) is { } own)
            own.Used = Math.Max(0, own.Used - count);
    }

    /// <summary>A few octets for each share: a backlog of days must fit a property of 64 KiB.</summary>
    public byte[] ToBytes()
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        writer.Write(Format);
        foreach (var (number, shares) in _slices)
        {
            writer.Write7BitEncodedInt64(number);
            writer.Write7BitEncodedInt(shares.Count);
            foreach (var share in shares)
            {
                writer.Write(share.Id);
                writer.Write(share.IsUrgent);
                writer.Write7BitEncodedInt(share.Planned);
                writer.Write7BitEncodedInt(share.Used);
            }
        }

        return buffer.ToArray();
    }

    /// <param name="bytes">Of <see cref="ToBytes"/>; null for an empty book. One of another format is taken for empty: a slice later all is as it was.</param>
    public static SliceBook Parse(byte[]? bytes)
    {
        var book = new SliceBook();
        if (bytes is not [Format, ..])
            return book;
        using var reader = new BinaryReader(new MemoryStream(bytes, 1, bytes.Length - 1));
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var shares = book.Shares(new Slice(reader.Read7BitEncodedInt64()));
            for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
                shares.Add(new SliceShare(new Party(reader.ReadUInt32(), reader.ReadBoolean())) { Planned = reader.Read7BitEncodedInt(), Used = reader.Read7BitEncodedInt() });
        }

        return book;
    }

    // What others planned beyond their equal share, up to an equal share of ours.
    private static int Contested(List<SliceShare>? shares, Party party, int limit)
    {
        if (shares is null)
            return limit;
        var own = shares.Find(s => s.Party == party)?.Planned ?? 0;
        var urgent = shares.Where(s => s.IsUrgent && s.Party != party).Sum(s => s.Planned + s.Used);
        if (party.IsUrgent)
        {
            var rivals = shares.Count(s => s.IsUrgent && s.Party != party);
            return rivals == 0 ? limit - own : Math.Max(limit - urgent, limit / (rivals + 1)) - own;
        }

        var peers = shares.Where(s => !s.IsUrgent && s.Party != party).ToList();
        var fair = Math.Max(0, limit - urgent) / (peers.Count + 1);
        return Math.Min(fair - own, peers.Sum(s => Math.Max(0, s.Planned - fair)));
    }

    private static DateTimeOffset Due(Slice slice, Party party, int taken, int limit)
    {
        if (party.IsUrgent || limit <= 0)
            return slice.Start;
        var minutes = (int)(Spread.TotalMinutes * Math.Min(taken, limit - 1) / limit);
        return slice.Start + TimeSpan.FromMinutes(minutes);
    }

    private List<SliceShare> Shares(Slice slice)
    {
        if (!_slices.TryGetValue(slice.Number, out var shares))
            _slices.Add(slice.Number, shares = []);
        return shares;
    }

    private static SliceShare Own(List<SliceShare> shares, Party party, Slice slice, DateTimeOffset now)
    {
        if (shares.Find(s => s.Party == party) is { } known)
            return known;
        var isFull = shares.Count >= MaxParties || slice.Number - Slice.At(now).Number > MaxDetailed;
        if (isFull && shares.Find(s => s.IsUrgent == party.IsUrgent) is { } other)
            return other;
        var own = new SliceShare(party);
        shares.Add(own);
        return own;
    }

    private void Forget(DateTimeOffset now)
    {
        var current = Slice.At(now).Number;
        foreach (var past in _slices.Keys.TakeWhile(number => number < current).ToList())
            _slices.Remove(past);
    }
}

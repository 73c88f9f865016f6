using EnhancedMta.Paths.Slices;
using EnhancedMta.Smtp;

namespace EnhancedMta.Paths;

/// <summary>What the changes that go together in one try to write a path's row come to, beside the row. Forgotten when another process was faster.</summary>
/// <param name="isAlone">One change only.</param>
internal sealed class RowDraft(bool isAlone)
{
    public bool IsAlone => isAlone;

    /// <summary>Messages that were let through.</summary>
    public int Joining { get; set; }

    /// <summary>Of these, with what is spared, marketing mail that takes room of the slice.</summary>
    public int JoiningSlice { get; set; }

    /// <summary>Transactional mail is to wait here for another process's connection.</summary>
    public bool JoinsUrgently { get; set; }

    /// <summary>The name under which connections were asked for; null when nobody asked.</summary>
    public string? Asks { get; set; }

    /// <summary>So many.</summary>
    public int AsksFor { get; set; }

    /// <summary>So many it may have.</summary>
    public int Granted { get; set; }

    /// <summary>Leave to open connections; null without a limit.</summary>
    public OpeningLeave? Openings { get; set; }

    /// <summary>How many of the minute's openings it takes.</summary>
    public int Leave { get; set; }

    /// <summary>Openings that the row has back with it.</summary>
    public (long Minute, int Count) ToldBack { get; set; }

    /// <summary>Room of marketing mail that has not begun, taken over by transactional mail.</summary>
    public (Slice Slice, int Count) Yielded { get; set; }
}

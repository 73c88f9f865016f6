using System.Buffers;

namespace EnhancedMta.BounceMails;

/// <summary>Words by which notifications of many languages are known. Plain phrases, found in one pass whatever the text.</summary>
internal static class FailureWords
{
    private static readonly SearchValues<string> Failures = Phrases(
        "unknown", "no such", "not exist", "doesn't exist", "does not like", "undeliverable", "undelivered", "could not", "couldn't", "cannot be", "can't be",
        "can not be",
        "unable to", "not deliver", "wasn't able", "weren't able", "not been able", "did not reach", "didn't reach", "did not receive", "fail", "reject", "refuse",
        "denied", "bounced",
        "is full", "exceed", "too large", "suspended", "is closed", "locked", "quota", "invalid", "not valid", "not a valid", "no longer", "disabled", "inactive",
        "not found", "not a known", "not listed", "not recognized", "not a member",
        "error", "problem", "expired", "timed out", "timeout", "returned to", "not accept", "no mailbox", "wrong address", "has been delayed", "is delayed",
        "not authorized", "not allowed",
        "trouble delivering", "not responding", "returned mail", "returned message", "blocked", "non recapit",
        // German
        "unzustellbar", "nicht zugestellt", "unbekannt", "nicht gefunden", "existiert nicht", "nicht möglich", "konnte nicht", "konnten nicht", "abgelehnt",
        "fehlgeschlagen", "fehler", "voll", "abgewiesen",
        // French
        "inconnu", "n'existe pas", "n'a pas", "n'ont pas", "impossible", "non remis", "échec", "echec", "erreur", "pleine", "rejeté", "refusé", "introuvable",
        // Spanish and Portuguese
        "no existe", "no se pudo", "no se ha podido", "no pudo", "no ha podido", "desconocid", "desconhecid", "não existe", "nao existe", "não foi", "nao foi",
        "não pôde", "não pode", "error al", "erro ", "falha", "llen", "cheia", "rechazad", "rejeitad", "devuelto", "inexistente", "no encontrad", "não encontrad",
        // Italian
        "non esiste", "sconosciut", "non è stato", "non e' stato", "impossibile", "errore", "piena", "rifiutat", "mancat", "fallit", "respint",
        // Dutch, Polish, Russian
        "bestaat niet", "onbekend", "kon niet", "niet worden", "niet bezorg", "mislukt", "geweigerd", "vol ",
        "nie istnieje", "nieznan", "nie można", "nie mozna", "nie został", "niedostarczon", "odrzucon", "błąd",
        "не может быть", "не существует", "не найден", "не доставлен", "не удалось", "неизвест", "заблокирован", "переполнен", "отклон", "ошибк", "недоступен",
        // Japanese and Chinese
        "送信できませ", "送信でき", "配信でき", "配送でき", "届けでき", "届きません", "お届け", "存在しま", "見つかりま", "エラー", "失敗", "拒否", "不明", "リストにありません", "返送", "受信でき", "満杯", "容量",
        "不存在", "无法", "無法", "退信", "退回", "拒绝", "拒絕", "失败", "无此", "找不到", "错误", "已满", "未能", "不可达");

    private static readonly SearchValues<string> Subjects = Phrases(
        "undeliver", "failure notice", "failure delivery", "delivery fail", "delivery has failed", "delivery problem", "delivery error", "delivery status",
        "delivery notification", "delivery report", "delivery delayed", "delayed mail", "delayed:", "returned mail",
        "returned to sender", "returning to sender", "returning message", "mail failed", "mail failure", "mail error", "mail system error", "message delivery",
        "message status", "mail delivery", "mail not delivered", "not delivered", "could not be delivered", "couldn't be delivered", "cannot be delivered",
        "not deliverable",
        "non-delivery", "nondeliverable", "non delivery", "not deliver", "returned email", "email returned", "bounced", "bounce notification",
        "error sending your mail", "error: ", "unable to deliver", "unknown user", "user unknown", "no such user", "permanent fail", "rejected mail",
        "message rejected", "mail rejected", "are not member", "warning: message", "warning: could not", "could not send message", "cannot send message",
        "still being retried", "ndn:", "message undeliver",
        "unzustellbar", "nicht zustellbar", "nicht zugestellt", "zustellung", "zustellungs", "unbekannter empf",
        "non remis", "echec", "échec", "non délivr", "retourné", "impossible de remettre", "erreur de distribution",
        "no se puede entregar", "no se ha podido", "no se pudo", "no entregado", "devuelto", "devolución", "estado de entrega", "fallo en la entrega",
        "correo devuelto", "error de entrega", "não entregue", "não foi entregue", "nao entregue", "falha na entrega", "falha ao", "não entregáv",
        "mancata consegna", "mancato recapito", "non recapit", "non consegn", "recapito non", "onbestelbaar", "niet bezorgd", "niet afgeleverd", "niedostarczon",
        "nie dostarczono", "zwrot", "не доставлен", "недоставлен", "не может быть", "ошибка доставки", "возвращ",
        "配信不能", "配信エラー", "配送エラー", "配信できません", "送信できません", "送信エラー", "宛先不明", "届けできません", "メールが送信", "メール配信", "配信失敗", "返送", "エラーメール", "退信", "系统退信", "无法投递", "無法投遞", "投递失败",
        "未送達", "未送达", "无法送达");

    private static readonly SearchValues<string> Waits = Phrases(
        "will be retried", "will retry", "still being retried", "will continue to try", "will keep trying", "will try again", "continue trying",
        "attempts will continue", "will continue to be", "has been delayed", "is delayed", "was delayed", "been delayed", "delivery delayed", "delayed for",
        "warning message only",
        "warning only", "temporary failure report", "not yet been delivered", "has not been delivered yet", "do not need to resend", "don't need to resend",
        "not need to re-send", "delivery status notification (delay)", "delivery status notification: warning", "warning: could not send", "warning: message",
        "still in the queue", "kept in the queue",
        "verzögert", "wird weiterhin versucht", "retardé", "a été différé", "retrasad", "se seguirá intentando", "atrasad", "in ritardo", "vertraagd", "opóźnion",
        "задерж", "遅延", "再送を試み", "延迟", "延遲");

    private static readonly SearchValues<string> GaveUp = Phrases(
        "not be retried", "will not continue", "not continue trying", "no longer be retried", "no further attempt", "not going to try again", "given up",
        "giving up", "permanent error", "permanent fatal", "failed permanently", "permanent failure", "fatal errors", "will not retry", "no more attempts",
        "message expired", "too old", "undeliverable");

    private static readonly SearchValues<string> Successes = Phrases(
        "successful mail delivery", "successfully delivered", "delivered successfully", "successfully relayed", "delivery status notification (success)",
        "delivery report that you requested", "erfolgreich zugestellt", "return-receipt", "return receipt", "destination has been successfully");

    public static bool Fails(string text) => text.AsSpan().ContainsAny(Failures);

    public static bool IsFailureSubject(string subject) => subject.AsSpan().ContainsAny(Subjects);

    /// <summary>Somebody still tries.</summary>
    public static bool Delays(string text) => text.AsSpan().ContainsAny(Waits);

    public static bool GivesUp(string text) => text.AsSpan().ContainsAny(GaveUp);

    public static bool Succeeds(string text) => text.AsSpan().ContainsAny(Successes);

    private static SearchValues<string> Phrases(params string[] phrases) => SearchValues.Create(phrases, StringComparison.OrdinalIgnoreCase);
}

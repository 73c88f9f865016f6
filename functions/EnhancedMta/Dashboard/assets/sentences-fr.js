// The API explains in English sentences. These are its usual ones; what is not among them is shown as it came, marked as English.
const sentences = [
  [/^Nothing waits\.$/, () => "Rien n’attend."],
  [/^(\d+) messages wait\.$/, (n) => `${n} messages attendent.`],
  [/^(?:(\d+) of them go|Some of them go) to (\S+) until (.+?Z)(?: \((.+)\))?\.$/, (n, site, until, binds) =>
    `${n ? `${n} d’entre eux partent` : "Certains partent"} vers ${site} jusqu’à ${until}${binds ? ` (${french(binds)})` : ""}.`],
  [/^The others wait for a retry of their own after a soft bounce; each message tells its next attempt\.$/, () =>
    "Les autres attendent leur propre reprise après un rebond soft ; chaque message dit sa prochaine tentative."],
  [/^It is queued for its first attempt\.$/, () => "Il est en file pour sa première tentative."],
  [/^It waits for (.+), until (\S+ \S+Z); its validity ends at (.+Z)\.$/, (what, until, end) => `Il attend ${french(what)}, jusqu’à ${until} ; sa validité se termine à ${end}.`],
  [/^It was delivered; nothing more will be done\.$/, () => "Il a été délivré ; rien d’autre ne sera fait."],
  [/^Its validity ended before it could be delivered; nothing more will be done\.$/, () => "Sa validité s’est terminée avant qu’il puisse être délivré ; rien d’autre ne sera fait."],
  [/^It failed; nothing more will be done\.$/, () => "Il est en échec ; rien d’autre ne sera fait."],
  [/^The last answer was: ([\s\S]+) \(rule (.*)\)\.$/, (reply, rule) => `Dernière réponse : ${reply} (règle ${rule}).`],
  [/^Mail for (\S+) goes to (.+), as a route of the settings says\.$/, (domain, host) => `Le courrier pour ${domain} va à ${host}, par une route des réglages.`],
  [/^Mail for (\S+) goes to (.+), which is (.+)\.$/, (domain, host, provider) => `Le courrier pour ${domain} va à ${host}, chez ${provider}.`],
  [/^Mail for (\S+) goes to (.+)\.$/, (domain, host) => `Le courrier pour ${domain} va à ${host}.`],
  [/^By egress (\d+): MX rule (\S+) \((user|built-in)\) allows (\d+) connections(?: and (\d+) messages per hour)?; (.+)\.$/, (egress, rule, source, connections, hourly, rest) =>
    `Par la sortie ${egress} : la règle MX ${rule} (${source === "user" ? "la vôtre" : "fournie"}) permet ${connections} connexions${hourly ? ` et ${hourly} messages par heure` : ""} ; ${french(rest)}.`],
  [/^nothing holds it back$/, () => "rien ne la retient"],
  [/^now (.+)$/, (binds) => `maintenant ${french(binds)}`],
  [/^its replies hold it at (\d+) connections(?: and (\d+) messages per hour)?$/, (connections, hourly) =>
    `les réponses la tiennent à ${connections} connexions${hourly ? ` et ${hourly} messages par heure` : ""}`],
  [/^its domains do not include this one$/, () => "ses domaines n’incluent pas celui-ci"],
  [/^messages per hour: (\d+) of (\d+) went in these five minutes$/, (used, most) => `messages par heure : ${used} sur ${most} sont partis dans ces cinq minutes`],
  [/^connections: all (\d+) are in use by (\d+) process(?:es)?, and messages wait$/, (n, by) => `connexions : les ${n} sont en usage par ${by} processus, et des messages attendent`],
  [/^connections: all (\d+) are in use by (\d+) process(?:es)?, (\d+) process(?:es)? in line, the next turn by (\S+ \S+Z)$/, (n, by, waiting, turn) =>
    `connexions : les ${n} sont en usage par ${by} processus, ${waiting} processus dans la file, prochain tour d’ici ${turn}`],
  [/^connections per minute: (\d+) of (\d+) were opened in this minute$/, (used, most) => `connexions par minute : ${used} sur ${most} ont été ouvertes dans cette minute`],
  [/^(\d+) messages are in line for their first attempt\.$/, (n) => `${n} messages sont en file pour leur première tentative.`],
  [/^Those to (\S+) are held back \((.+)\)\.$/, (site, binds) => `Ceux vers ${site} sont retenus (${french(binds)}).`],
  [/^the path: (.+)$/, (why) => `le chemin : ${french(why)}`],
  [/^(?:its|the) next attempt$/, () => "sa prochaine tentative"],
  [/^its first attempt$/, () => "sa première tentative"],
  [/^the end of its validity$/, () => "la fin de sa validité"],
  [/^the site's limits$/, () => "les limites du site"],
  [/^(\S+): suspended by an operator(?:: (.+))?$/, (site, why) => `${site} : suspendu par un opérateur${why ? ` : ${why}` : ""}`],
  [/^(\S+): suspended for what it answered$/, (site) => `${site} : suspendu d’après ses réponses`],
  [/^(\S+): it takes nothing$/, (site) => `${site} : il n’accepte rien`],
  [/^(\S+): other processes have its (\d+) connections$/, (site, n) => `${site} : d’autres processus ont ses ${n} connexions`],
  [/^(\S+): other processes have the room of these five minutes$/, (site) => `${site} : d’autres processus ont la place de ces cinq minutes`],
  [/^(\d+) messages per hour to (\S+) (.+)$/, (n, site, by) => `${n} messages par heure vers ${site} ${french(by)}`],
  [/^(\d+) connections to (\S+) (.+)$/, (n, site, by) => `${n} connexions vers ${site} ${french(by)}`],
  [/^by MX rule (\S+)$/, (rule) => `par la règle MX ${rule}`],
  [/^as an operator set it$/, () => "comme un opérateur l’a fixé"],
  [/^while it is probed after a suspension$/, () => "tant qu’il est à l’essai après une suspension"],
  [/^while it is tried whether it works again$/, () => "tant qu’on essaie s’il fonctionne de nouveau"],
  [/^as its replies allow$/, () => "comme ses réponses le permettent"],
  [/^the warm-up of egress (.+) with (\S+)$/, (egress, provider) => `la montée en charge de la sortie ${egress} chez ${provider}`],
  [/^(on|not on|back|warm): (.+)$/, (step, why) => `${{ "on": "avance", "not on": "n’avance pas", "back": "recule", "warm": "chaude" }[step]} : ${french(why)}`],
  [/^(\d+) answers within the limits( on the last day)?$/, (n, last) => `${n} réponses dans les limites${last ? " au dernier jour" : ""}`],
  [/^(\d+) answers are less than (.+) of the day's (\d+)$/, (n, share, budget) => `${n} réponses, moins de ${share} des ${budget} du jour`],
  [/^set by an operator$/, () => "fixé par un opérateur"],
];

/** The French of a sentence, or null when it is not known. */
export function frenchSentence(text) {
  for (const [known, say] of sentences) {
    const match = known.exec(text);
    if (match) return say(...match.slice(1));
  }
  return null;
}

const french = (part) => frenchSentence(part) ?? part;
